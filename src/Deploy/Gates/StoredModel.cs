using System.Text.Json.Serialization;

namespace Deploy.Gates;

/// <summary>Stored accuracy of one model, in fractions.</summary>
public sealed record StoredModel
{
    /// <summary>Mean average precision.</summary>
    [JsonPropertyName("mAP")]
    public required double? Map { get; init; }

    /// <summary>nuScenes detection score.</summary>
    [JsonPropertyName("NDS")]
    public double? Nds { get; init; }

    /// <summary>By class name.</summary>
    [JsonPropertyName("per_class")]
    public IReadOnlyDictionary<string, StoredClass> PerClass { get; init => field = value ?? new Dictionary<string, StoredClass>(); } = new Dictionary<string, StoredClass>();

    /// <summary>By range, for t4_v2.</summary>
    [JsonPropertyName("buckets")]
    public IReadOnlyList<StoredBucket> Buckets { get; init => field = value ?? []; } = [];
}
