using System.Text.Json.Serialization;

namespace Deploy.Gates;

/// <summary>What gates read of evaluation.json; other members are ignored.</summary>
public sealed record StoredEvaluation
{
    /// <summary>Form of the file.</summary>
    [JsonPropertyName("version")]
    public required int Version { get; init; }

    /// <summary><c>nuscenes</c> or <c>t4_v2</c>.</summary>
    [JsonPropertyName("metric")]
    public required string Metric { get; init; }

    /// <summary>Evaluated frames.</summary>
    [JsonPropertyName("frames")]
    public required int Frames { get; init; }

    /// <summary>Metres per class, if they were limited.</summary>
    [JsonPropertyName("class_ranges")]
    public IReadOnlyDictionary<string, double>? ClassRanges { get; init; }

    /// <summary>By model name.</summary>
    [JsonPropertyName("models")]
    public required IReadOnlyDictionary<string, StoredModel> Models { get; init; }

    /// <summary>Paired drops with intervals.</summary>
    [JsonPropertyName("drops")]
    public IReadOnlyList<StoredDrop> Drops { get; init => field = value ?? []; } = [];
}
