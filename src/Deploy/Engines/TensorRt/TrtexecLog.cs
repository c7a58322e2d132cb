using System.Globalization;
using System.Text.RegularExpressions;

namespace Deploy.Engines.TensorRt;

/// <summary>
/// Reads trtexec's output, both streams merged, of any version. A run passed only when it says so, shows no error line and reached its
/// end: with <c>--skipInference</c> trtexec can print PASSED and exit with 0 although loading the engine failed.
/// </summary>
public static partial class TrtexecLog
{
    /// <summary>Longer lines are cut: nothing this reader looks for is that long.</summary>
    private const int LongestLine = 4096;

    /// <summary>Reads a log; never throws on any text.</summary>
    public static TrtexecReading Read(string log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var lines = log.Split('\n').Select(line => Clean(line.Length > LongestLine ? line[..LongestLine] : line)).ToList();
        var errors = lines.Index().Where(line => IsError().IsMatch(line.Item)).ToList();
        var passed = lines.Exists(line => line.Contains("&&&& PASSED", StringComparison.Ordinal));
        var failed = lines.Exists(line => line.Contains("&&&& FAILED", StringComparison.Ordinal));
        // A log without envelope, such as an excerpt, passes when it ends in a performance summary.
        var summary = Row(lines, "GPU Compute Time:") ?? Row(lines, "GPU Compute:");
        var complete = passed || failed || (summary is not null && errors.Count == 0);
        var pass = complete && !failed && errors.Count == 0;
        return new TrtexecReading(
            pass ? "pass" : "fail",
            TensorRtVersion.Find(log)?.ToString(),
            Number(lines, BuildTime()),
            Row(lines, "Latency:"),
            summary,
            Number(lines, Throughput()),
            lines.Exists(line => line.Contains("GPU compute time is unstable", StringComparison.Ordinal)),
            lines.Count(line => line.Contains("[W]", StringComparison.Ordinal)),
            pass ? null : Cause(lines, errors, complete));
    }

    private static TrtexecCause Cause(List<string> lines, List<(int Index, string Item)> errors, bool complete)
    {
        if (TrtexecCauses.Find(lines) is { } known)
        {
            return known;
        }

        if (errors.Count > 0)
        {
            return new TrtexecCause("other", errors[0].Index + 1, errors[0].Item.Trim(), "look at this line and the ones around it in the log");
        }

        return complete
            ? new TrtexecCause("other", lines.FindIndex(line => line.Contains("&&&& FAILED", StringComparison.Ordinal)) + 1, "&&&& FAILED", "trtexec failed without an error line; run it again with --verbose")
            : new TrtexecCause("incomplete", lines.Count, "", "the log neither passed nor failed: trtexec was stopped or the log was cut off");
    }

    /// <summary>Strips colours, carriage returns and the prefix of a process supervisor.</summary>
    private static string Clean(string line) => Colours().Replace(line, "").TrimEnd('\r');

    /// <summary>The statistics behind a row's name: <c>min = a ms, max = b ms, mean = c ms, median = d ms, percentile(99%) = e ms</c>.</summary>
    private static Dictionary<string, double>? Row(List<string> lines, string name)
    {
        var line = lines.LastOrDefault(line => line.Contains($"] {name}", StringComparison.Ordinal) || line.TrimStart().StartsWith(name, StringComparison.Ordinal));
        if (line is null)
        {
            return null;
        }

        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (Match match in Statistic().Matches(line))
        {
            if (double.TryParse(match.Groups[3].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            {
                values[match.Groups[2].Success ? $"p{match.Groups[2].Value}" : match.Groups[1].Value] = value;
            }
        }

        return values.Count > 0 ? values : null;
    }

    private static double? Number(List<string> lines, Regex pattern) =>
        lines.Select(line => pattern.Match(line)).LastOrDefault(match => match.Success) is { } found
        && double.TryParse(found.Groups[1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    [GeneratedRegex(@"\[[EF]\]|Uncaught exception detected|^Unknown option: |\] Unknown option: ")]
    private static partial Regex IsError();

    [GeneratedRegex(@"\x1b\[[0-9;]*m")]
    private static partial Regex Colours();

    [GeneratedRegex(@"(min|max|mean|median|percentile\((\d+(?:\.\d+)?)%\)) = ([0-9.eE+-]+|inf) ms")]
    private static partial Regex Statistic();

    [GeneratedRegex(@"(?:Engine built in|Engine generation completed in) ([0-9.eE+-]+) sec")]
    private static partial Regex BuildTime();

    [GeneratedRegex(@"[Tt]hroughput: ([0-9.eE+-]+) qps")]
    private static partial Regex Throughput();
}
