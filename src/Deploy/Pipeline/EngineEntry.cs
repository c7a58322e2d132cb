using System.Text.Json.Serialization;

namespace Deploy.Pipeline;

/// <summary>One model in the form its runtime executes.</summary>
/// <param name="Files">Relative to the work directory.</param>
/// <param name="Bytes">Size of those files together.</param>
public sealed record EngineEntry(IReadOnlyList<string> Files, long Bytes)
{
    /// <summary>Share of the engine's time in INT8 layers, when a profile was taken.</summary>
    [JsonPropertyName("int8_time_share")]
    public double? Int8TimeShare { get; init; }

    /// <summary>GPU compute of all components together, the median of each timing round in ms; null when trtexec did not time them.</summary>
    public IReadOnlyList<double>? RoundMediansMs { get; init; }

    /// <summary>Layers that run as integer, counted in the optimized graph.</summary>
    public IReadOnlyList<string>? IntegerLayers { get; init; }

    /// <summary>Layers that run in float.</summary>
    public IReadOnlyList<string>? FloatLayers { get; init; }

    /// <summary>8, or 7 on x86 without VNNI, where 8-bit weights could saturate.</summary>
    public int? WeightBits { get; init; }

    /// <summary>The builder's command line.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Version of the runtime that built it.</summary>
    public string? Runtime { get; init; }
}
