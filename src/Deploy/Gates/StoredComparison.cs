using System.Text.Json.Serialization;

namespace Deploy.Gates;

/// <summary>What gates read of compare.json.</summary>
public sealed record StoredComparison
{
    /// <summary>Form of the file.</summary>
    [JsonPropertyName("version")]
    public required int Version { get; init; }

    /// <summary>Name of the compared model.</summary>
    [JsonPropertyName("candidate")]
    public string? Candidate { get; init; }

    /// <summary>The file's own verdict.</summary>
    [JsonPropertyName("pass")]
    public required bool Pass { get; init; }

    /// <summary>Compared frames.</summary>
    [JsonPropertyName("frames")]
    public required int Frames { get; init; }

    /// <summary>By output.</summary>
    [JsonPropertyName("outputs")]
    public required IReadOnlyList<StoredOutput> Outputs { get; init; }
}
