using System.Text.Json.Serialization;

namespace Deploy.Comparison;

/// <summary>One frame of one output.</summary>
/// <param name="Frame">Token of the frame.</param>
/// <param name="Value">The chosen statistic over the frame's scored values; null when it has none.</param>
/// <param name="MaxAbs">Largest scored difference; null when there is none.</param>
public sealed record FrameComparison(
    [property: JsonPropertyName("frame")] string Frame,
    [property: JsonPropertyName("value")] double? Value,
    [property: JsonPropertyName("max_abs")] double? MaxAbs);
