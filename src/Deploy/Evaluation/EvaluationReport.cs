using System.Text.Json.Serialization;

namespace Deploy.Evaluation;

/// <summary>evaluation.json: the accuracy of all models on the same frames.</summary>
public sealed record EvaluationReport
{
    /// <summary>The form that this program writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Changes only when a reader would break.</summary>
    [JsonPropertyName("version")]
    public int Version { get; init; } = CurrentVersion;

    /// <summary><c>nuscenes</c> or <c>t4_v2</c>.</summary>
    [JsonPropertyName("metric")]
    public required string Metric { get; init; }

    /// <summary>Evaluated frames.</summary>
    [JsonPropertyName("frames")]
    public required int Frames { get; init; }

    /// <summary>False when the models predict no attributes: mAAE is then 1 and NDS at most 0.9.</summary>
    [JsonPropertyName("attributes")]
    public bool Attributes { get; init; }

    /// <summary>Metres per class that limited the evaluation; null when nothing did.</summary>
    [JsonPropertyName("class_ranges")]
    public IReadOnlyDictionary<string, double>? ClassRanges { get; init; }

    /// <summary>By model name: <c>fp32</c>, <c>fp16</c>, <c>int8</c>, <c>int8_cpu</c>.</summary>
    [JsonPropertyName("models")]
    public required IReadOnlyDictionary<string, ModelEvaluation> Models { get; init; }

    /// <summary>Paired drops with their bootstrap intervals.</summary>
    [JsonPropertyName("drops")]
    public IReadOnlyList<AccuracyDrop> Drops { get; init; } = [];
}
