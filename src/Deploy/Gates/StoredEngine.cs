using System.Text.Json.Serialization;

namespace Deploy.Gates;

/// <summary>One built model.</summary>
public sealed record StoredEngine
{
    /// <summary>Size of all its files.</summary>
    [JsonPropertyName("bytes")]
    public long? Bytes { get; init; }

    /// <summary>Share in 0–1 of layer time in INT8, from the engine's profile.</summary>
    [JsonPropertyName("int8_time_share")]
    public double? Int8TimeShare { get; init; }
}
