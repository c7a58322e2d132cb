using System.Globalization;
using System.Text.RegularExpressions;

namespace Deploy.Engines.TensorRt.Logs;

/// <summary>
/// Collects the performance rows. From 8.0 on a row is one message (<c>GPU Compute Time: min = 1 ms, max = …, percentile(99%) = 2 ms</c>);
/// 7.x prints a title (<c>GPU Compute</c>) and one message for each statistic (<c>min: 1 ms (end to end 2 ms)</c>). A later summary replaces an earlier one.
/// </summary>
internal sealed partial class PerformanceRows
{
    private readonly Dictionary<string, LatencyRow> rows = new(StringComparer.Ordinal);
    private string? title;

    /// <summary>By name in snake case: <c>latency</c>, <c>end_to_end_host_latency</c>, <c>enqueue_time</c>, <c>h2d_latency</c>, <c>gpu_compute_time</c>, <c>d2h_latency</c>, …</summary>
    public IReadOnlyDictionary<string, LatencyRow> All => rows;

    /// <summary>Queries per second; 7.x prints 0 for explicit batches, which says nothing.</summary>
    public double? Throughput { get; private set; }

    /// <summary>Seconds of the measurement.</summary>
    public double? WallSeconds { get; private set; }

    /// <summary>Seconds of GPU work in it.</summary>
    public double? ComputeSeconds { get; private set; }

    /// <summary>Looks at one message.</summary>
    public void Add(string text)
    {
        if (Row().Match(text) is { Success: true } row)
        {
            rows[Key(row.Groups["name"].Value)] = Statistics(row.Groups["values"].Value);
            title = null;
        }
        else if (OldTitle().Match(text) is { Success: true } old)
        {
            title = OldKey(old.Value.Trim());
            rows[title] = new LatencyRow();
        }
        else if (title is not null && OldValue().Match(text) is { Success: true } value && Number(value.Groups["value"].ValueSpan) is { } milliseconds)
        {
            rows[title] = With(rows[title], value.Groups["name"].Value, value.Groups["percent"].Value, milliseconds);
            if (Number(value.Groups["both"].ValueSpan) is { } endToEnd)
            {
                rows["end_to_end_host_latency"] = With(rows.GetValueOrDefault("end_to_end_host_latency") ?? new LatencyRow(), value.Groups["name"].Value, value.Groups["percent"].Value, endToEnd);
            }
        }
        else if (Total().Match(text) is { Success: true } total && Number(total.Groups["value"].ValueSpan) is { } seconds)
        {
            switch (total.Groups["name"].Value.ToLowerInvariant())
            {
                case "throughput":
                    Throughput = seconds > 0 ? seconds : null;
                    break;
                case "total host walltime" or "walltime":
                    WallSeconds = seconds;
                    break;
                default:
                    ComputeSeconds = seconds;
                    break;
            }
        }
    }

    private static LatencyRow Statistics(string text)
    {
        var row = new LatencyRow();
        foreach (Match match in Statistic().Matches(text))
        {
            if (Number(match.Groups["value"].ValueSpan) is { } value)
            {
                row = With(row, match.Groups["name"].Value, match.Groups["percent"].Value, value);
            }
        }

        return row;
    }

    private static LatencyRow With(LatencyRow row, string name, string percent, double value) => name switch
    {
        "min" => row with { Min = value },
        "max" => row with { Max = value },
        "mean" => row with { Mean = value },
        "median" => row with { Median = value },
        _ => row with { Percentiles = new Dictionary<string, double>(row.Percentiles) { [percent] = value } },
    };

    private static string Key(string name) => name.Trim().ToLowerInvariant().Replace(' ', '_').Replace('-', '_');

    private static string OldKey(string name) => name switch
    {
        "Host Latency" => "latency",
        "GPU Compute" => "gpu_compute_time",
        _ => Key(name),
    };

    /// <summary>A number as C++ prints it; a decimal comma is read too, infinities are left out.</summary>
    private static double? Number(ReadOnlySpan<char> text) =>
        double.TryParse(text.ToString().Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    [GeneratedRegex(@"(?:^|\] )(?<name>[A-Z][A-Za-z0-9 -]{1,60}): (?<values>min = .*)$")]
    private static partial Regex Row();

    [GeneratedRegex(@"(?<name>min|max|mean|median|percentile\((?<percent>[0-9.]+)%\)) = (?<value>[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]+)?)")]
    private static partial Regex Statistic();

    [GeneratedRegex(@"^(?:Host Latency|Enqueue Time|GPU Compute|H2D Latency|D2H Latency)\s*$")]
    private static partial Regex OldTitle();

    [GeneratedRegex(@"^(?<name>min|max|mean|median|percentile): (?<value>[0-9][0-9.eE+-]*) ms(?: at (?<percent>[0-9.]+)%)?(?: \(end to end (?<both>[0-9][0-9.eE+-]*) ms)?")]
    private static partial Regex OldValue();

    [GeneratedRegex(@"^(?<name>Throughput|throughput|Total Host Walltime|walltime|Total GPU Compute Time|total compute time): (?<value>[0-9][0-9.,eE+-]*) ?(?:qps|s)\b")]
    private static partial Regex Total();
}
