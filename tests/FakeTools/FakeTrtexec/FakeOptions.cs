namespace FakeTools.FakeTrtexec;

/// <summary>
/// The option names of each version, written down from trtexec's own help texts: what 8.5 had, and what each later release added and dropped.
/// </summary>
internal static class FakeOptions
{
    private const string Version85 =
        """
        allowGPUFallback avgRuns avgTiming batch best buildOnly calib consistency deploy device directIO dumpLayerInfo dumpOutput dumpProfile
        dumpRefit duration explicitBatch explicitPrecision exportLayerInfo exportOutput exportProfile exportTimes exposeDMA fp16 help heuristic
        idleTime inputIOFormats int8 iterations layerOutputTypes layerPrecisions loadEngine loadInputs maxBatch maxShapes maxShapesCalib memPoolSize
        minShapes minShapesCalib minTiming model noBuilderCache noDataTransfers noTF32 nvtxMode onnx optShapes optShapesCalib output outputIOFormats
        percentile persistentCacheRatio plugins precisionConstraints preview profilingVerbosity refit restricted safe saveEngine separateProfileRun
        serialized shapes sleepTime sparsity std streams tacticSources threads timeDeserialize timeRefit timingCacheFile uff uffInput uffNHWC
        useCudaGraph useDLACore useManagedMemory useSpinWait verbose warmUp workspace
        """;

    private static readonly (Version Version, string Added, string Dropped)[] Changes =
    [
        (new Version(8, 6), "buildDLAStandalone builderOptimizationLevel dumpRawBindingsToFile dynamicPlugins excludeLeanRuntime fp8 hardwareCompatibilityLevel ignoreParsedPluginLibs infStreams layerDeviceTypes leanDLLPath maxAuxStreams nativeInstanceNorm ni setPluginsToSerialize skipInference staticPlugins tempdir tempfileControls useRuntime vc versionCompatible", ""),
        (new Version(9, 1), "bf16 calibProfile dumpOptimizationProfile errorOnTimingCacheMiss getPlanVersionOnly noCompilationCache profile stronglyTyped useProfile", "batch deploy maxBatch model output uff uffInput uffNHWC"),
        (new Version(9, 3), "weightless", ""),
        (new Version(10, 0), "allocationStrategy allowWeightStreaming markDebug pi pluginInstanceNorm saveDebugTensors stripWeights weightStreamingBudget", "buildOnly explicitBatch explicitPrecision heuristic minTiming nativeInstanceNorm ni nvtxMode workspace"),
        (new Version(10, 1), "int4 stripAllWeights", ""),
        (new Version(10, 2), "runtimePlatform", ""),
        (new Version(10, 4), "maxTactics", "consistency"),
        (new Version(10, 6), "monitorMemory", ""),
        (new Version(10, 8), "asyncFileReader l2LimitForTiling tilingOptimizationLevel", ""),
        (new Version(10, 11), "uint8AsymmetricQuantizationDLA", ""),
        (new Version(10, 12), "distributiveIndependence markUnfusedTensorsAsDebugTensors saveAllDebugTensors", ""),
        (new Version(10, 13), "consistency dumpKernelText remoteAutoTuningConfig safetyPlugins", ""),
        (new Version(10, 14), "decomposableAttentions refitFromOnnx", ""),
        (new Version(10, 15), "cpuOnly enablePluginOverride", ""),
        (new Version(10, 16), "adjustForDLA reportCapabilityDLA", ""),
        (new Version(11, 0), "includeDataTransfers noCudaGraph noSpinWait", "best bf16 calib calibProfile fp16 fp8 int4 int8 layerOutputTypes layerPrecisions maxShapesCalib minShapesCalib optShapesCalib precisionConstraints restricted std weightless"),
        (new Version(11, 1), "accuracyAlgorithm accuracyThreshold atol continue dryRun helpBuildRoute loadRefOutputs refPair rtol saveAllEngines setBuildRoute tuneBuildRouteFile tuneBuildRoutes tuningCacheFile tuningResultFile tuningSearch tuningTimeOut", ""),
    ];

    public static HashSet<string> Of(Version version)
    {
        var known = Words(Version85).ToHashSet();
        foreach (var change in Changes.Where(change => change.Version <= version))
        {
            known.UnionWith(Words(change.Added));
            known.ExceptWith(Words(change.Dropped));
        }

        return known;
    }

    private static IEnumerable<string> Words(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(name => $"--{name}");
}
