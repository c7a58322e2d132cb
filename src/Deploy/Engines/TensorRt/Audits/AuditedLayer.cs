using System.Text.Json.Serialization;

namespace Deploy.Engines.TensorRt.Audits;

/// <summary>A layer of an engine with its precision and time.</summary>
/// <param name="Name">TensorRT's name.</param>
/// <param name="Type">TensorRT's type; empty without layer information.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Precision">Types in and out, such as <c>INT8</c>, <c>INT8→FP16</c>; empty when not told.</param>
/// <param name="Int8">True for a computing layer that reads INT8.</param>
public sealed record AuditedLayer(string Name, string Type, LayerRole Role, string Precision, bool Int8)
{
    /// <summary>Mean time in a query, with a profile.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Ms { get; init; }

    /// <summary>Part of the engine's time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Share { get; init; }
}
