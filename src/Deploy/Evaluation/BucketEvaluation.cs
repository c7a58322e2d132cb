using System.Text.Json.Serialization;

namespace Deploy.Evaluation;

/// <summary>T4MetricV2 over the objects and detections whose own bird's-eye distance d from the ego vehicle is Min ≤ d &lt; Max (m).</summary>
public sealed record BucketEvaluation
{
    /// <summary>Lower end in metres, included.</summary>
    [JsonPropertyName("min")]
    public required double Min { get; init; }

    /// <summary>Upper end in metres, not included.</summary>
    [JsonPropertyName("max")]
    public required double Max { get; init; }

    /// <summary>Mean over the classes that have objects or detections; null when none has.</summary>
    [JsonPropertyName("mAP")]
    public required double? Map { get; init; }

    /// <summary>The same of the heading-weighted AP.</summary>
    [JsonPropertyName("mAPH")]
    public required double? Maph { get; init; }

    /// <summary>By class name, in the model's order.</summary>
    [JsonPropertyName("per_class")]
    public required IReadOnlyDictionary<string, ClassEvaluation> PerClass { get; init; }
}
