namespace Deploy.Engines.TensorRt.Bundles;

/// <summary>What goes into a bundle.</summary>
public sealed record BundleRequest
{
    /// <summary>Models to build on the target; the engine paths are not used.</summary>
    public required IReadOnlyList<EngineJob> Jobs { get; init; }

    /// <summary>Frames whose outputs are wanted.</summary>
    public IReadOnlyList<BundleFrame> Frames { get; init; } = [];

    /// <summary>Scratch memory of the builder in bytes, or null for TensorRT's own.</summary>
    public long? WorkspaceBytes { get; init; }

    /// <summary>0…5, or null for TensorRT's own.</summary>
    public int? OptimizationLevel { get; init; }

    /// <summary>How often all engines are run in turn for their times.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Warm-up of each run in milliseconds.</summary>
    public int WarmUpMs { get; init; } = 200;

    /// <summary>Queries of each run at least.</summary>
    public int Iterations { get; init; } = 100;

    /// <summary>Seconds of each run at least.</summary>
    public int DurationSeconds { get; init; } = 1;
}
