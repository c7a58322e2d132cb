using System.Globalization;
using System.Text.RegularExpressions;

namespace Deploy.Engines.TensorRt.Logs;

/// <summary>
/// Reads trtexec's output, both streams merged, of any version. A run passed only when its last word is PASSED and no line is an error:
/// with <c>--skipInference</c> trtexec can print PASSED and exit with 0 although loading the engine failed.
/// </summary>
public static partial class TrtexecLogReader
{
    private const int MostWarnings = 200;

    /// <summary>Reads a log; never throws on any text.</summary>
    public static TrtexecReading Read(string log)
    {
        var lines = LogLines.Split(log).ToList();
        var rows = new PerformanceRows();
        foreach (var line in lines.Where(line => line.Severity is LogSeverity.Info or LogSeverity.None))
        {
            rows.Add(line.Text);
        }

        var phases = Phases(lines);
        var cause = Cause(lines);
        return new TrtexecReading
        {
            Verdict = cause is null ? "pass" : "fail",
            Tensorrt = TensorRtVersion.Find(log)?.ToString(),
            EngineSeconds = Seconds(lines, "Engine built in") ?? Seconds(lines, "Engine generation completed in"),
            ParseSeconds = Seconds(lines, "Finished parsing network model"),
            LoadSeconds = Seconds(lines, "Engine deserialized in") ?? Seconds(lines, "Engine loaded in"),
            EngineMib = Value(lines, EngineSize()) is { } size && double.TryParse(size, NumberStyles.Float, CultureInfo.InvariantCulture, out var mib) && double.IsFinite(mib) ? mib : null,
            EngineLoaded = lines.Exists(line => line.Severity != LogSeverity.Error && Loaded().IsMatch(line.Text)),
            LatencyMs = rows.All.GetValueOrDefault("latency"),
            GpuComputeMs = rows.All.GetValueOrDefault("gpu_compute_time"),
            Rows = rows.All,
            ThroughputQps = rows.Throughput,
            WallSeconds = rows.WallSeconds,
            ComputeSeconds = rows.ComputeSeconds,
            Device = Value(lines, SelectedDevice()),
            Precision = Value(lines, BuildPrecision()),
            CommandLine = lines.Where(line => line.Severity == LogSeverity.Envelope).Select(line => Tail().Match(line.Text)).FirstOrDefault(match => match.Success)?.Groups[1].Value.Trim(),
            Unstable = lines.Exists(line => line.Text.Contains("compute time is unstable", StringComparison.OrdinalIgnoreCase)),
            Phases = phases,
            Warnings = [.. lines.Where(line => line.Severity == LogSeverity.Warning).Select(line => line.Text.Trim()).Distinct(StringComparer.Ordinal).Take(MostWarnings)],
            Cause = cause,
        };
    }

    private static TrtexecCause? Cause(List<LogLine> lines)
    {
        var last = lines.FindLast(line => line.Severity == LogSeverity.Envelope);
        var failed = lines.Find(line => line.Severity == LogSeverity.Envelope && !Good().IsMatch(line.Text));
        var crashed = last is not null && lines.Exists(line => line.Number > last.Number && Crash().IsMatch(line.Text));
        if (failed is null && !crashed && last is not null && last.Text.Contains("&&&& PASSED", StringComparison.Ordinal) && !lines.Exists(line => line.Severity == LogSeverity.Error))
        {
            return null;
        }

        if (CauseFinder.Find(lines) is { } found)
        {
            return found;
        }

        if (failed is not null)
        {
            return new TrtexecCause("other", failed.Number, failed.Text.Trim(), "trtexec failed without an error line; run it again with --verbose");
        }

        var end = lines.FindLast(line => line.Text.Trim().Length > 0);
        return new TrtexecCause("incomplete", end?.Number ?? 0, end?.Text.Trim() ?? "", "the log neither passed nor failed: trtexec was stopped, or the log was cut off or is not trtexec's");
    }

    private static List<TrtexecPhase> Phases(List<LogLine> lines)
    {
        var phases = new List<TrtexecPhase>();
        foreach (var phase in lines.Select(TrtexecPhases.Of).OfType<TrtexecPhase>())
        {
            // Several lines tell of one step; the one with a time wins.
            if (phases.Count > 0 && phases[^1].Name == phase.Name)
            {
                phases[^1] = phases[^1] with { Seconds = phase.Seconds ?? phases[^1].Seconds };
            }
            else
            {
                phases.Add(phase);
            }
        }

        return phases;
    }

    private static double? Seconds(List<LogLine> lines, string marker) =>
        lines.FindLast(line => line.Severity is LogSeverity.Info or LogSeverity.None && line.Text.Contains(marker, StringComparison.Ordinal)) is { } line ? TrtexecPhases.Seconds(line.Text) : null;

    private static string? Value(List<LogLine> lines, Regex pattern) =>
        lines.Where(line => line.Severity is LogSeverity.Info or LogSeverity.None).Select(line => pattern.Match(line.Text)).FirstOrDefault(match => match.Success)?.Groups[1].Value.Trim();

    [GeneratedRegex("&&&& (?:RUNNING|PASSED)")]
    private static partial Regex Good();

    [GeneratedRegex(@"Segmentation fault|core dumped|terminate called|^Aborted|^Killed$|: line [0-9]+: +[0-9]+ Killed\b|process has died.*exit code -")]
    private static partial Regex Crash();

    [GeneratedRegex("Engine deserialized in|Engine loaded in|Starting inference|Timing trace has")]
    private static partial Regex Loaded();

    [GeneratedRegex(@"^Created engine with size: ([0-9.eE+-]+) MiB")]
    private static partial Regex EngineSize();

    [GeneratedRegex("^Selected Device: (.+)$")]
    private static partial Regex SelectedDevice();

    [GeneratedRegex("^Precision: (.+)$")]
    private static partial Regex BuildPrecision();

    [GeneratedRegex(@"^&&&& [A-Z]+ [^#]*# (.+)$")]
    private static partial Regex Tail();
}
