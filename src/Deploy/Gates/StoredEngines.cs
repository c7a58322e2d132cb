using System.Text.Json.Serialization;

namespace Deploy.Gates;

/// <summary>What gates read of engine.json.</summary>
public sealed record StoredEngines
{
    /// <summary>Form of the file.</summary>
    [JsonPropertyName("version")]
    public required int Version { get; init; }

    /// <summary><c>tensorrt</c> or <c>onnxruntime</c>.</summary>
    [JsonPropertyName("backend")]
    public string? Backend { get; init; }

    /// <summary>By model name: <c>fp16</c>, <c>int8</c>, <c>int8_cpu</c>.</summary>
    [JsonPropertyName("engines")]
    public required IReadOnlyDictionary<string, StoredEngine> Engines { get; init; }
}
