using System.Text.Json.Serialization;

namespace Deploy.Engines.TensorRt.Logs;

/// <summary>What a trtexec log says; nulls are left out of its JSON.</summary>
public sealed record TrtexecReading
{
    /// <summary><c>pass</c> or <c>fail</c>: PASSED at the end, and no error anywhere.</summary>
    public required string Verdict { get; init; }

    /// <summary>Version, or null (7.x logs have none).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Tensorrt { get; init; }

    /// <summary>Time of the build.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? EngineSeconds { get; init; }

    /// <summary>Time of reading the ONNX file.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ParseSeconds { get; init; }

    /// <summary>Time of loading the engine.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LoadSeconds { get; init; }

    /// <summary>Size of the engine.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? EngineMib { get; init; }

    /// <summary>True when an engine was deserialized, or inference began with one.</summary>
    public bool EngineLoaded { get; init; }

    /// <summary>Host-to-host time of a query.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LatencyRow? LatencyMs { get; init; }

    /// <summary>The GPU's part of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LatencyRow? GpuComputeMs { get; init; }

    /// <summary>All rows of the performance summary by name.</summary>
    public IReadOnlyDictionary<string, LatencyRow> Rows { get; init; } = new Dictionary<string, LatencyRow>();

    /// <summary>Queries per second.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ThroughputQps { get; init; }

    /// <summary>Seconds of the measurement.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? WallSeconds { get; init; }

    /// <summary>Seconds of GPU work in it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ComputeSeconds { get; init; }

    /// <summary>The GPU.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Device { get; init; }

    /// <summary>Precision as the build options state it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Precision { get; init; }

    /// <summary>trtexec's own record of its command line.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CommandLine { get; init; }

    /// <summary>True when trtexec warned that the times vary: they decide no gate.</summary>
    public bool Unstable { get; init; }

    /// <summary>Steps that the log shows, in its order.</summary>
    public IReadOnlyList<TrtexecPhase> Phases { get; init; } = [];

    /// <summary>Warnings, equal ones once.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The cause of a failure.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TrtexecCause? Cause { get; init; }

    /// <summary>True for a verdict of <c>pass</c>.</summary>
    [JsonIgnore]
    public bool Passed => Verdict == "pass";
}
