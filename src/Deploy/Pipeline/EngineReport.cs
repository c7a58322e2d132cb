using System.Text.Json.Serialization;

namespace Deploy.Pipeline;

/// <summary>What the engine stage built (engine.json).</summary>
/// <param name="Backend"><c>tensorrt</c> or <c>onnxruntime</c>.</param>
/// <param name="Reason">Why this backend.</param>
/// <param name="Engines">By name: <c>fp16</c>, <c>int8</c> (TensorRT), <c>int8_cpu</c> (ONNX Runtime).</param>
public sealed record EngineReport(string Backend, string Reason, IReadOnlyDictionary<string, EngineEntry> Engines)
{
    /// <summary>The version of the JSON form.</summary>
    [JsonPropertyOrder(-1)]
    public int Version { get; init; } = 1;
}
