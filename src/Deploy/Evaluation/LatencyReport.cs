using System.Text.Json.Serialization;

namespace Deploy.Evaluation;

/// <summary>latency.json: interleaved measurements on one device.</summary>
public sealed record LatencyReport
{
    /// <summary>The form that this program writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Changes only when a reader would break.</summary>
    [JsonPropertyName("version")]
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The machine, such as its CPU or GPU name.</summary>
    [JsonPropertyName("device")]
    public required string Device { get; init; }

    /// <summary>What ran the models, such as <c>CPUExecutionProvider</c> or <c>trtexec 10.8</c>.</summary>
    [JsonPropertyName("provider")]
    public required string Provider { get; init; }

    /// <summary>Runs before the measurement.</summary>
    [JsonPropertyName("warmup")]
    public required int Warmup { get; init; }

    /// <summary>Model that the speed-up is measured against.</summary>
    [JsonPropertyName("baseline")]
    public required string Baseline { get; init; }

    /// <summary>Model whose latency is judged.</summary>
    [JsonPropertyName("candidate")]
    public required string Candidate { get; init; }

    /// <summary>By model name.</summary>
    [JsonPropertyName("models")]
    public required IReadOnlyDictionary<string, LatencyStatistics> Models { get; init; }

    /// <summary>Baseline median over candidate median.</summary>
    [JsonPropertyName("speedup")]
    public Estimate? Speedup { get; init; }
}
