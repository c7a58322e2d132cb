using System.Text.Json.Serialization;

namespace Deploy.Engines.TensorRt.Logs;

/// <summary>One row of the performance summary, in milliseconds.</summary>
public sealed record LatencyRow
{
    /// <summary>Smallest.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Min { get; init; }

    /// <summary>Largest.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Max { get; init; }

    /// <summary>Mean.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Mean { get; init; }

    /// <summary>Median.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Median { get; init; }

    /// <summary>Percentiles by their number, such as <c>99</c>.</summary>
    public IReadOnlyDictionary<string, double> Percentiles { get; init; } = new Dictionary<string, double>();
}
