namespace Deploy.Engines.TensorRt;

/// <summary>
/// The options this program uses, or that users bring from another version, with the versions that take them. Source: the option parser of
/// each release (NVIDIA/TensorRT samples/common/sampleOptions.cpp, branches release/8.5 … release/11.1).
/// </summary>
public static class TrtexecOptions
{
    private static readonly (int, int) First = (8, 5);

    /// <summary>One row per option.</summary>
    public static IReadOnlyList<TrtexecOption> All { get; } =
    [
        // Model and engine
        new("--onnx", First),
        new("--saveEngine", First),
        new("--loadEngine", First),
        new("--buildOnly", First, (10, 0), "--skipInference"),
        new("--skipInference", (8, 6), Note: "was --buildOnly"),
        new("--getPlanVersionOnly", (9, 1)),

        // Precision
        new("--fp16", First, (11, 0), "a typed graph (onnx_config.body: fp16)"),
        new("--bf16", (9, 1), (11, 0), "a typed graph"),
        new("--int8", First, (11, 0), "Q/DQ nodes in a typed graph"),
        new("--fp8", (8, 6), (11, 0), "a typed graph"),
        new("--int4", (10, 1), (11, 0), "a typed graph"),
        new("--best", First, (11, 0), "a typed graph"),
        new("--calib", First, (11, 0), "Q/DQ nodes"),
        new("--precisionConstraints", First, (11, 0), "a typed graph"),
        new("--layerPrecisions", First, (11, 0), "a typed graph"),
        new("--layerOutputTypes", First, (11, 0), "a typed graph"),
        new("--stronglyTyped", (9, 1), Note: "without effect from 11.0 on, where it is the only mode"),
        new("--noTF32", First),
        new("--explicitPrecision", First, (10, 0), "always on"),

        // Build
        new("--explicitBatch", First, (10, 0), "always on"),
        new("--workspace", First, (10, 0), "--memPoolSize=workspace:<MiB>"),
        new("--memPoolSize", First, Note: "MiB, decimals allowed; unit letters from 9.0 on"),
        new("--minShapes", First),
        new("--optShapes", First),
        new("--maxShapes", First),
        new("--timingCacheFile", First),
        new("--builderOptimizationLevel", (8, 6)),
        new("--maxTactics", (10, 4)),
        new("--errorOnTimingCacheMiss", (9, 1)),
        new("--noCompilationCache", (9, 1)),
        new("--profilingVerbosity", First),
        new("--heuristic", First, (10, 0), "--builderOptimizationLevel=2"),
        new("--minTiming", First, (10, 0), "--avgTiming"),
        new("--versionCompatible", (8, 6)),

        // Inference
        new("--shapes", First),
        new("--loadInputs", First),
        new("--iterations", First),
        new("--warmUp", First),
        new("--duration", First),
        new("--avgRuns", First),
        new("--percentile", First),
        new("--useCudaGraph", First, Note: "without effect from 11.0 on, where it is the default"),
        new("--noCudaGraph", (11, 0)),
        new("--noDataTransfers", First, Note: "without effect from 11.0 on, where it is the default"),
        new("--includeDataTransfers", (11, 0)),
        new("--useSpinWait", First, Note: "without effect from 11.0 on, where it is the default"),
        new("--noSpinWait", (11, 0)),
        new("--separateProfileRun", First, Note: "without effect from 11.0 on, where it is always done"),
        new("--streams", First, Note: "--infStreams from 8.6 on"),
        new("--infStreams", (8, 6)),

        // Reports
        new("--verbose", First),
        new("--dumpProfile", First),
        new("--dumpLayerInfo", First),
        new("--dumpRawBindingsToFile", (8, 6)),
        new("--exportTimes", First),
        new("--exportOutput", First),
        new("--exportProfile", First),
        new("--exportLayerInfo", First),

        // Accuracy
        new("--loadRefOutputs", (11, 1)),
        new("--accuracyAlgorithm", (11, 1)),
    ];

    /// <summary>The row of an option, or null.</summary>
    public static TrtexecOption? Find(string name) => All.FirstOrDefault(option => option.Name == name);
}
