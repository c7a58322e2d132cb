using System.Text.Json.Serialization;

namespace Deploy.Gates;

/// <summary>What gates read of latency.json.</summary>
public sealed record StoredLatency
{
    /// <summary>Form of the file.</summary>
    [JsonPropertyName("version")]
    public required int Version { get; init; }

    /// <summary>Model that the speed-up is measured against.</summary>
    [JsonPropertyName("baseline")]
    public required string Baseline { get; init; }

    /// <summary>Model whose latency is judged.</summary>
    [JsonPropertyName("candidate")]
    public required string Candidate { get; init; }

    /// <summary>By model name.</summary>
    [JsonPropertyName("models")]
    public required IReadOnlyDictionary<string, StoredTimes> Models { get; init; }

    /// <summary>Baseline median over candidate median.</summary>
    [JsonPropertyName("speedup")]
    public StoredInterval? Speedup { get; init; }
}
