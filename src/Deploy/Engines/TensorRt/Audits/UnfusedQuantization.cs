using System.Text.Json.Serialization;

namespace Deploy.Engines.TensorRt.Audits;

/// <summary>A Q or DQ that runs as a layer of its own.</summary>
/// <param name="Name">TensorRT's name of the layer.</param>
/// <param name="Precision">Types in and out.</param>
/// <param name="Reason">Why it most likely stayed, and what would help.</param>
public sealed record UnfusedQuantization(string Name, string Precision, string Reason)
{
    /// <summary>Mean time in a query, with a profile.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Ms { get; init; }
}
