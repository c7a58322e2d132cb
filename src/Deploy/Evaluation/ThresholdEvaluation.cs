using System.Text.Json.Serialization;

namespace Deploy.Evaluation;

/// <summary>One class at one matching distance.</summary>
/// <param name="Distance">Bird's-eye centre distance in metres below which a detection matches.</param>
/// <param name="Ap">Average precision in 0–1; null when it is not defined (T4MetricV2 without objects and detections).</param>
public sealed record ThresholdEvaluation([property: JsonPropertyName("distance")] double Distance, [property: JsonPropertyName("AP")] double? Ap)
{
    /// <summary>T4MetricV2: AP with every match weighted by 1 − heading error / π.</summary>
    [JsonPropertyName("APH")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Aph { get; init; }

    /// <summary>T4MetricV2: the best F1 over all score cuts.</summary>
    [JsonPropertyName("max_f1")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MaxF1 { get; init; }

    /// <summary>T4MetricV2: the score cut of <see cref="MaxF1"/>.</summary>
    [JsonPropertyName("optimal_confidence")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? OptimalConfidence { get; init; }
}
