using Deploy.Engines.TensorRt.Logs;

namespace Deploy.Engines.TensorRt;

/// <summary>Engines to build, check and time in one go.</summary>
public sealed record EngineBuildRequest
{
    /// <summary>Path of trtexec.</summary>
    public required string Trtexec { get; init; }

    /// <summary>The engines.</summary>
    public required IReadOnlyList<EngineJob> Jobs { get; init; }

    /// <summary>Scratch memory of the builder in bytes, or null for TensorRT's own.</summary>
    public long? WorkspaceBytes { get; init; }

    /// <summary>Kernel timings that builds read and extend, or null.</summary>
    public string? TimingCache { get; init; }

    /// <summary>0…5, or null for TensorRT's own.</summary>
    public int? OptimizationLevel { get; init; }

    /// <summary>Limit of one call of trtexec.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The GPU; null (unknown) means that no earlier engine is used again.</summary>
    public GpuIdentity? Gpu { get; init; }

    /// <summary>Builds even what is fresh.</summary>
    public bool Force { get; init; }

    /// <summary>How often all engines are run in turn for their times; 0 takes none.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Warm-up of each run in milliseconds.</summary>
    public int WarmUpMs { get; init; } = 200;

    /// <summary>Queries of each run at least.</summary>
    public int Iterations { get; init; } = 100;

    /// <summary>Seconds of each run at least.</summary>
    public int DurationSeconds { get; init; } = 1;

    /// <summary>Receives job name and phase while trtexec runs, on other threads.</summary>
    public Action<string, TrtexecPhase>? Progress { get; init; }

    /// <summary>Receives every line of trtexec, on other threads.</summary>
    public Action<string>? Line { get; init; }
}
