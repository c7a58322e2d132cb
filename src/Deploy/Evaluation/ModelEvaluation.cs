using System.Text.Json.Serialization;

namespace Deploy.Evaluation;

/// <summary>One model's accuracy: an entry of <c>models</c> in evaluation.json. mAP and AP are fractions; null where not defined.</summary>
public sealed record ModelEvaluation
{
    /// <summary>Mean average precision; T4MetricV2: of the last bucket, 0–121 m.</summary>
    [JsonPropertyName("mAP")]
    public required double? Map { get; init; }

    /// <summary>nuScenes detection score; T4MetricV2 has none.</summary>
    [JsonPropertyName("NDS")]
    public double? Nds { get; init; }

    /// <summary>Mean translation error (m).</summary>
    [JsonPropertyName("mATE")]
    public double? Mate { get; init; }

    /// <summary>Mean scale error.</summary>
    [JsonPropertyName("mASE")]
    public double? Mase { get; init; }

    /// <summary>Mean orientation error (rad).</summary>
    [JsonPropertyName("mAOE")]
    public double? Maoe { get; init; }

    /// <summary>Mean velocity error (m/s).</summary>
    [JsonPropertyName("mAVE")]
    public double? Mave { get; init; }

    /// <summary>Mean attribute error; 1 when the model predicts no attributes.</summary>
    [JsonPropertyName("mAAE")]
    public double? Maae { get; init; }

    /// <summary>T4MetricV2: heading-weighted mAP of the last bucket.</summary>
    [JsonPropertyName("mAPH")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Maph { get; init; }

    /// <summary>By class name, in the model's order.</summary>
    [JsonPropertyName("per_class")]
    public required IReadOnlyDictionary<string, ClassEvaluation> PerClass { get; init; }

    /// <summary>T4MetricV2: one entry per range.</summary>
    [JsonPropertyName("buckets")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<BucketEvaluation>? Buckets { get; init; }
}
