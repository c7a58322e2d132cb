using System.Text.Json.Serialization;

namespace Deploy.Gates;

/// <summary>A stored paired drop, reference − candidate, with bootstrap intervals.</summary>
public sealed record StoredDrop
{
    /// <summary>Name of the reference.</summary>
    [JsonPropertyName("reference")]
    public required string Reference { get; init; }

    /// <summary>Name of the candidate.</summary>
    [JsonPropertyName("candidate")]
    public required string Candidate { get; init; }

    /// <summary>Drop of mAP.</summary>
    [JsonPropertyName("mAP")]
    public StoredInterval? Map { get; init; }

    /// <summary>Drop of mAP over the reference's mAP.</summary>
    [JsonPropertyName("mAP_relative")]
    public StoredInterval? MapRelative { get; init; }

    /// <summary>Drop of NDS.</summary>
    [JsonPropertyName("NDS")]
    public StoredInterval? Nds { get; init; }

    /// <summary>Drop of AP by class.</summary>
    [JsonPropertyName("per_class")]
    public IReadOnlyDictionary<string, StoredInterval> PerClass { get; init => field = value ?? new Dictionary<string, StoredInterval>(); } = new Dictionary<string, StoredInterval>();

    /// <summary>Drop of mAP by range.</summary>
    [JsonPropertyName("buckets")]
    public IReadOnlyList<StoredBucketDrop> Buckets { get; init => field = value ?? []; } = [];
}
