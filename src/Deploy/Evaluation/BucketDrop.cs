using System.Text.Json.Serialization;

namespace Deploy.Evaluation;

/// <summary>The mAP drop in one range bucket of T4MetricV2.</summary>
/// <param name="Min">Lower end in metres, included.</param>
/// <param name="Max">Upper end in metres, not included.</param>
/// <param name="Map">Reference mAP − candidate mAP.</param>
public sealed record BucketDrop(
    [property: JsonPropertyName("min")] double Min,
    [property: JsonPropertyName("max")] double Max,
    [property: JsonPropertyName("mAP")] Estimate Map);
