namespace Deploy.Engines.TensorRt;

/// <summary>One call of trtexec: it builds an engine from <see cref="Onnx"/>, or runs the one in <see cref="LoadEngine"/>.</summary>
public sealed record TrtexecRequest
{
    /// <summary>The model to build, or null.</summary>
    public string? Onnx { get; init; }

    /// <summary>What the model is; needed with <see cref="Onnx"/>.</summary>
    public OnnxFacts? Graph { get; init; }

    /// <summary>Where the built engine goes.</summary>
    public string? SaveEngine { get; init; }

    /// <summary>The engine to run, or null.</summary>
    public string? LoadEngine { get; init; }

    /// <summary>Precision of the build.</summary>
    public PrecisionPolicy Precision { get; init; }

    /// <summary>Shapes of the dynamic inputs; of fixed inputs only a shape that agrees is taken.</summary>
    public IReadOnlyList<ShapeProfile> Profiles { get; init; } = [];

    /// <summary>Scratch memory of the builder in bytes, or null for TensorRT's own.</summary>
    public long? WorkspaceBytes { get; init; }

    /// <summary>Kernel timings that the build reads and extends, or null.</summary>
    public string? TimingCache { get; init; }

    /// <summary>0…5, or null for TensorRT's own.</summary>
    public int? OptimizationLevel { get; init; }

    /// <summary>Build only.</summary>
    public bool SkipInference { get; init; }

    /// <summary>Copies inputs and outputs in every query, as when outputs are wanted; times then hold the copies.</summary>
    public bool Transfers { get; init; }

    /// <summary>Inputs by tensor name: raw little-endian values in the tensor's type.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> LoadInputs { get; init; } = [];

    /// <summary>Queries at least, or null for trtexec's own.</summary>
    public int? Iterations { get; init; }

    /// <summary>Milliseconds of warm-up, or null for trtexec's own.</summary>
    public int? WarmUpMs { get; init; }

    /// <summary>Seconds of measurement at least, or null for trtexec's own.</summary>
    public int? DurationSeconds { get; init; }

    /// <summary>File for the times of every query.</summary>
    public string? ExportTimes { get; init; }

    /// <summary>File for the times of every layer.</summary>
    public string? ExportProfile { get; init; }

    /// <summary>File for the layers' types, formats and tactics.</summary>
    public string? ExportLayerInfo { get; init; }

    /// <summary>File for the outputs of the last query.</summary>
    public string? ExportOutput { get; init; }
}
