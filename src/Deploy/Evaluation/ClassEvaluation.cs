using System.Text.Json.Serialization;

namespace Deploy.Evaluation;

/// <summary>One class over all frames. Fractions, metres, radians and m/s; null where a value is not defined.</summary>
public sealed record ClassEvaluation
{
    /// <summary>Mean of the AP over the matching distances.</summary>
    [JsonPropertyName("AP")]
    public required double? Ap { get; init; }

    /// <summary>Translation error: bird's-eye centre distance (m).</summary>
    [JsonPropertyName("ATE")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Ate { get; init; }

    /// <summary>Scale error: 1 − IoU of the boxes laid onto each other.</summary>
    [JsonPropertyName("ASE")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Ase { get; init; }

    /// <summary>Orientation error (rad).</summary>
    [JsonPropertyName("AOE")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Aoe { get; init; }

    /// <summary>Velocity error (m/s).</summary>
    [JsonPropertyName("AVE")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Ave { get; init; }

    /// <summary>Attribute error: 1 − accuracy.</summary>
    [JsonPropertyName("AAE")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Aae { get; init; }

    /// <summary>T4MetricV2: mean of the heading-weighted AP.</summary>
    [JsonPropertyName("APH")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Aph { get; init; }

    /// <summary>Evaluated objects.</summary>
    [JsonPropertyName("objects")]
    public required int Objects { get; init; }

    /// <summary>Evaluated detections.</summary>
    [JsonPropertyName("detections")]
    public required int Detections { get; init; }

    /// <summary>AP at each matching distance.</summary>
    [JsonPropertyName("thresholds")]
    public required IReadOnlyList<ThresholdEvaluation> Thresholds { get; init; }
}
