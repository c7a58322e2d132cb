using System.Globalization;
using System.Text.RegularExpressions;

namespace Deploy.Engines.TensorRt.Logs;

/// <summary>The lines that tell how far a run is.</summary>
public static partial class TrtexecPhases
{
    private static readonly (string Marker, string Name)[] Markers =
    [
        ("Start parsing network model", "parse"),
        ("Finish parsing network model", "build"),
        ("Finished parsing network model", "build"),
        ("Engine generation completed in", "built"),
        ("Engine built in", "built"),
        ("Engine deserialized in", "load"),
        ("Engine loaded in", "load"),
        ("Loaded engine size", "load"),
        ("Starting inference", "measure"),
        ("Timing trace has", "measured"),
    ];

    /// <summary>The phase that a message begins or tells, or null.</summary>
    public static TrtexecPhase? Of(LogLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (line.Severity == LogSeverity.Envelope)
        {
            return line.Text.Contains("RUNNING", StringComparison.Ordinal) ? new TrtexecPhase("start", line.Number) : new TrtexecPhase("done", line.Number);
        }

        var name = line.Severity is LogSeverity.Info or LogSeverity.None ? Markers.FirstOrDefault(marker => line.Text.Contains(marker.Marker, StringComparison.Ordinal)).Name : null;
        return name is null ? null : new TrtexecPhase(name, line.Number) { Seconds = Seconds(line.Text) };
    }

    /// <summary>The seconds that a message states (<c>in 8.09 sec.</c>, <c>Parse time: 0.24</c>, <c>over 3.0 s</c>), or null.</summary>
    public static double? Seconds(string text) =>
        Duration().Match(text) is { Success: true } match && double.TryParse(match.Groups[1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    [GeneratedRegex(@"(?: in |Parse time: |over )([0-9][0-9.eE+-]*)(?: ?s\b| sec| seconds|$)")]
    private static partial Regex Duration();
}
