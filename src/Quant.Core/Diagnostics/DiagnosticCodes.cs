namespace Quant.Core.Diagnostics;

/// <summary>
/// Every code a user can meet, by area: 01 config, 02 checkpoint and model, 03 quantization and calibration, 04 export,
/// 05 engine, 06 comparison, 07 gates, 08 data set, 09 environment. A number is never used again for another meaning.
/// docs/diagnostics.md explains each; a test keeps both in step.
/// </summary>
public static class DiagnosticCodes
{
    // 01xx: config

    /// <summary>A result file of a work directory is missing or not readable.</summary>
    public const string UnreadableResult = "QNT0150";

    /// <summary>Two options of a command, or an option and a stage, do not fit together.</summary>
    public const string CommandMisuse = "QNT0151";
    /// <summary>A config file cannot be read: missing, a folder, too large, not text, or empty.</summary>
    public const string ConfigUnreadable = "QNT0101";

    /// <summary>A key that no section has; the message names the nearest one.</summary>
    public const string UnknownKey = "QNT0102";

    /// <summary>A value of the wrong kind, such as text where a number belongs.</summary>
    public const string WrongType = "QNT0103";

    /// <summary>A number, list length or text outside its stated range.</summary>
    public const string OutOfRange = "QNT0104";

    /// <summary>A value that is none of the allowed ones; the message lists them.</summary>
    public const string NotAllowed = "QNT0105";

    /// <summary>A required key is missing.</summary>
    public const string MissingKey = "QNT0106";

    /// <summary>A key stands twice in one mapping.</summary>
    public const string DuplicateKey = "QNT0107";

    /// <summary>Two keys contradict each other.</summary>
    public const string Contradiction = "QNT0108";

    /// <summary>The file is not valid YAML.</summary>
    public const string YamlSyntax = "QNT0109";

    /// <summary>The YAML is nested too deeply or holds too many values, aliases counted as often as used.</summary>
    public const string YamlLimit = "QNT0110";

    /// <summary>A YAML feature that configs do not use: tags, several documents, keys that are not text, merge keys.</summary>
    public const string YamlFeature = "QNT0111";

    /// <summary>A file named by <c>_base_</c> does not exist.</summary>
    public const string BaseMissing = "QNT0112";

    /// <summary>Files name each other by <c>_base_</c> in a circle, or the chain is too long.</summary>
    public const string BaseCycle = "QNT0113";

    /// <summary>A <c>--set</c> is not <c>key=value</c>, or its value is not YAML.</summary>
    public const string BadOverride = "QNT0114";

    /// <summary>A training framework's key holds a value that this program does not implement.</summary>
    public const string NotImplemented = "QNT0115";

    /// <summary>Dimensions of the config do not fit together.</summary>
    public const string InconsistentModel = "QNT0116";

    // 02xx: checkpoint and model

    /// <summary>The checkpoint is missing, is a directory, or may not be read.</summary>
    public const string CheckpointNotReadable = "QNT0201";

    /// <summary>The checkpoint is empty, truncated or inconsistent: its archive does not add up.</summary>
    public const string CheckpointDamaged = "QNT0202";

    /// <summary>The file is sound as far as one can see, but not a checkpoint this program reads (TorchScript, big-endian, encrypted, not PyTorch).</summary>
    public const string CheckpointFormatUnsupported = "QNT0203";

    /// <summary>A pickle asks for a class or function outside the allow-list, or for a call that is never made.</summary>
    public const string PickleGlobalRefused = "QNT0204";

    /// <summary>A pickle is truncated or malformed.</summary>
    public const string PickleInvalid = "QNT0205";

    /// <summary>A pickle or a compressed record passes a limit on memory, depth or object count.</summary>
    public const string PickleLimitExceeded = "QNT0206";

    /// <summary>A tensor does not fit its storage, has an unsupported type, or cannot be converted.</summary>
    public const string TensorInvalid = "QNT0207";

    /// <summary>The checkpoint was read, but holds no usable state dict.</summary>
    public const string StateDictNotFound = "QNT0208";

    /// <summary>A checkpoint cannot be written.</summary>
    public const string CheckpointNotWritable = "QNT0209";

    /// <summary>The checkpoint lacks keys, has unknown ones, or shapes differ from the config.</summary>
    public const string StateDictMismatch = "QNT0210";

    /// <summary>The model section describes something this program cannot build.</summary>
    public const string UnsupportedModel = "QNT0211";

    /// <summary>A layer holds NaN or infinity.</summary>
    public const string NonFiniteWeights = "QNT0212";

    /// <summary>Warning: the checkpoint's class names are not the config's.</summary>
    public const string ClassNamesDiffer = "QNT0213";

    /// <summary>The training config in a checkpoint cannot be read.</summary>
    public const string TrainingConfigUnreadable = "QNT0220";

    /// <summary>The weights are not those of a pillar CenterPoint.</summary>
    public const string NotAPillarCenterPoint = "QNT0221";

    /// <summary>Warning: the training config in a checkpoint disagrees with the weights, or a statement of it was not understood.</summary>
    public const string TrainingConfigDiffers = "QNT0222";

    /// <summary>The config inferred from a checkpoint does not load.</summary>
    public const string InitFailed = "QNT0223";

    /// <summary>The stages of a backbone do not fit together (depths, out_indices, large_arch).</summary>
    public const string BackboneStages = "QNT0230";

    /// <summary>A key of another backbone type.</summary>
    public const string BackboneKeyOfOtherType = "QNT0231";

    // 03xx: quantization and calibration

    /// <summary>Norms must be folded before quantization.</summary>
    public const string UnfusedNorm = "QNT0304";

    /// <summary>A layer pattern matches no layer.</summary>
    public const string PatternMatchesNothing = "QNT0301";

    /// <summary>Nothing is left to quantize.</summary>
    public const string NothingToQuantize = "QNT0302";

    /// <summary>A quantized.pth or edited quantization.json does not fit the plan.</summary>
    public const string TableMismatch = "QNT0303";

    /// <summary>No calibration frames.</summary>
    public const string NoCalibrationFrames = "QNT0310";

    /// <summary>Few calibration frames.</summary>
    public const string FewCalibrationFrames = "QNT0311";

    /// <summary>An activation is NaN or infinite.</summary>
    public const string NonFiniteActivation = "QNT0312";

    /// <summary>A tensor was zero in every frame.</summary>
    public const string ZeroRange = "QNT0313";

    /// <summary>A histogram grew past its cap and was rebinned.</summary>
    public const string HistogramRebinned = "QNT0314";

    /// <summary>The percentile fell into the first bin of a sparse tensor.</summary>
    public const string PercentileInFirstBin = "QNT0315";

    /// <summary>A histogram too short for its range search.</summary>
    public const string HistogramTooShort = "QNT0316";

    /// <summary>Bias correction uses fewer frames than asked for.</summary>
    public const string CorrectionUsesFewerFrames = "QNT0317";

    /// <summary>A quantizer table was made from other frames, settings or weights than this run's.</summary>
    public const string TableOrigin = "QNT0318";

    /// <summary>quantization.json was edited by hand and is written again without the edits.</summary>
    public const string TableEditsUnused = "QNT0319";

    /// <summary>Calibration shards are missing or given twice.</summary>
    public const string ShardMissing = "QNT0350";

    /// <summary>Calibration shards come from different runs.</summary>
    public const string ShardMismatch = "QNT0351";

    /// <summary>The settings cannot be calibrated in shards.</summary>
    public const string ShardSettings = "QNT0352";

    /// <summary>The checkpoint was replaced or removed while a run was reading it.</summary>
    public const string CheckpointChanged = "QNT0370";

    // 04xx: export

    /// <summary>A file is no table of a sensitivity scan.</summary>
    public const string SensitivityTableInvalid = "QNT0340";

    /// <summary>No set of FP16 layers meets the target.</summary>
    public const string SearchFailed = "QNT0341";

    /// <summary>No plan stays within the time, or no times are known.</summary>
    public const string LatencyBudgetUnmet = "QNT0342";

    /// <summary>A training's loss exploded.</summary>
    public const string TrainingCollapsed = "QNT0320";

    /// <summary>A training lost half of its accuracy.</summary>
    public const string AccuracyCollapsed = "QNT0321";

    /// <summary>A training cannot go on from the state that was stored.</summary>
    public const string TrainingStateInvalid = "QNT0322";

    /// <summary>A training is asked for what it cannot do.</summary>
    public const string TrainingInvalid = "QNT0323";

    // 04xx: export

    /// <summary>An ONNX file is missing, truncated, malformed or too large.</summary>
    public const string OnnxFileUnreadable = "QNT0401";

    /// <summary>An ONNX file keeps its weights in other files, which is not supported.</summary>
    public const string OnnxExternalData = "QNT0402";

    /// <summary>An ONNX file could not be written.</summary>
    public const string OnnxFileUnwritable = "QNT0403";

    /// <summary>A layer still has its norm; fusion comes before export.</summary>
    public const string ExportLayerNotFused = "QNT0404";

    /// <summary>The graph cannot be exported: a value is missing, or shapes do not fit.</summary>
    public const string ExportGraphInvalid = "QNT0405";

    /// <summary>The quantizer table does not fit the graph or the precision.</summary>
    public const string ExportRangesMissing = "QNT0406";

    /// <summary>The requested opset cannot express the graph.</summary>
    public const string ExportOpsetUnsupported = "QNT0407";

    /// <summary>A scale is zero, subnormal or infinite in FP16.</summary>
    public const string ScaleNotFp16 = "QNT0408";

    /// <summary>A weight or bias is infinite in FP16.</summary>
    public const string WeightNotFp16 = "QNT0409";

    /// <summary>The heading of the other axis convention cannot be folded into the head.</summary>
    public const string RotYAxisImpossible = "QNT0410";

    /// <summary>ONNX graph: a name is missing, defined twice, or used before it is defined.</summary>
    public const string LintStructure = "QNT0420";

    /// <summary>ONNX graph: an operator or attribute does not exist in its opset, or the opset is out of range.</summary>
    public const string LintOpset = "QNT0421";

    /// <summary>ONNX graph: element types do not agree.</summary>
    public const string LintType = "QNT0422";

    /// <summary>ONNX graph: shapes do not agree.</summary>
    public const string LintShape = "QNT0423";

    /// <summary>ONNX graph: a zero point is not what the runtime takes (TensorRT: INT8 and 0).</summary>
    public const string LintZeroPoint = "QNT0424";

    /// <summary>ONNX graph: a scale is not a positive, finite constant of rank 0 or 1.</summary>
    public const string LintScale = "QNT0425";

    /// <summary>ONNX graph: per-channel scales where they are not allowed, or on the wrong axis.</summary>
    public const string LintChannelAxis = "QNT0426";

    /// <summary>ONNX graph: a quantized bias.</summary>
    public const string LintQuantizedBias = "QNT0427";

    /// <summary>ONNX graph: a tensor is quantized twice with different scales.</summary>
    public const string LintDoubleQuantization = "QNT0428";

    /// <summary>ONNX graph: joined tensors have different scales.</summary>
    public const string LintConcatScales = "QNT0429";

    /// <summary>ONNX graph: a node stands between operations that must touch to be fused.</summary>
    public const string LintFusionBlocked = "QNT0430";

    /// <summary>ONNX graph: an INT8 weight constant is used in a way the runtime does not take.</summary>
    public const string LintPrequantizedWeight = "QNT0431";

    /// <summary>ONNX graph: an operator that the runtime cannot import.</summary>
    public const string LintUnsupportedOperator = "QNT0432";

    /// <summary>ONNX graph: INT8 layers that gain nothing from INT8.</summary>
    public const string LintSlowInt8 = "QNT0433";

    /// <summary>ONNX graph: a weighted operation with only a part of its inputs quantized, or a Q/DQ pair at a place that cannot fuse.</summary>
    public const string LintPartialQuantization = "QNT0434";

    /// <summary>ONNX graph: inputs or outputs that consumers do not expect.</summary>
    public const string LintGraphIo = "QNT0435";

    /// <summary>FP32 and FP16 models were asked of a checkpoint that was corrected for INT8.</summary>
    public const string FloatModelFromCorrected = "QNT0450";

    // 05xx: engine

    /// <summary>The TensorRT that was found cannot build with the precision policy.</summary>
    public const string PrecisionNotPossible = "QNT0501";

    /// <summary>trtexec built no engine.</summary>
    public const string EngineBuildFailed = "QNT0502";

    /// <summary>The TensorRT that was found is too old, or newer than this program knows.</summary>
    public const string TensorRtNotSupported = "QNT0503";

    /// <summary>Profiles, tensor names or paths cannot be given to trtexec, or contradict the ONNX file.</summary>
    public const string EngineRequestInvalid = "QNT0504";

    /// <summary>A JSON file that trtexec exported cannot be read.</summary>
    public const string TrtexecExportUnreadable = "QNT0505";

    /// <summary>An engine was built but could not be run or timed.</summary>
    public const string EngineRunFailed = "QNT0506";

    /// <summary>A bundle for a target device cannot be written.</summary>
    public const string BundleInvalid = "QNT0507";

    /// <summary>What a target device sent back is no complete result of its bundle.</summary>
    public const string BundleResultInvalid = "QNT0508";

    /// <summary>ONNX Runtime cannot load an ONNX file, or the file is missing.</summary>
    public const string OnnxRuntimeRefuses = "QNT0550";

    // 06xx: comparison

    /// <summary>One of the compared models lacks an output that the other has, or has one more.</summary>
    public const string ComparisonOutputMissing = "QNT0601";

    /// <summary>An output's shape differs between the compared models or between frames.</summary>
    public const string ComparisonShapeMismatch = "QNT0602";

    /// <summary>A compared output holds NaN or infinity.</summary>
    public const string ComparisonNotFinite = "QNT0603";

    /// <summary>The comparison's options name unknown outputs or impossible tolerances, or nothing was compared.</summary>
    public const string ComparisonInvalid = "QNT0604";

    /// <summary>The metric is unknown or its options contradict the classes.</summary>
    public const string MetricOptionsInvalid = "QNT0610";

    /// <summary>A detection or an object cannot be evaluated: NaN, unknown class, too many boxes, a token twice.</summary>
    public const string MetricInputInvalid = "QNT0611";

    /// <summary>A stored detections, ground truth or submission file cannot be read.</summary>
    public const string DetectionsFileMalformed = "QNT0612";

    /// <summary>Two results do not describe the same frames.</summary>
    public const string ResultsNotPaired = "QNT0613";

    /// <summary>Latency samples are missing, negative or not finite.</summary>
    public const string LatencySamplesInvalid = "QNT0614";

    /// <summary>Warning: the comparison is beyond its tolerance; the gate decides.</summary>
    public const string ComparisonBeyondTolerance = "QNT0650";

    // 07xx: gates

    /// <summary>A gate failed.</summary>
    public const string GateFailed = "QNT0701";

    /// <summary>The noise of a measurement is larger than its margin to the limit.</summary>
    public const string GateInconclusive = "QNT0702";

    /// <summary>A gate has a limit but its measurement is missing.</summary>
    public const string GateMissing = "QNT0703";

    /// <summary>A stored result that a gate reads is not valid.</summary>
    public const string GateInputMalformed = "QNT0704";

    /// <summary>A stored result was written by a version whose form this program does not know.</summary>
    public const string GateInputVersion = "QNT0705";

    /// <summary>A threshold cannot be used.</summary>
    public const string GateOptionsInvalid = "QNT0706";

    // 08xx: data set

    /// <summary>Warning: points with NaN or infinity were left out of a frame.</summary>
    public const string PointsDropped = "QNT0850";

    /// <summary>Warning: a frame has no point inside the model's range and was left out.</summary>
    public const string FrameWithoutPillars = "QNT0851";

    /// <summary>A split has no data set, or no labels where they are needed.</summary>
    public const string SplitMissing = "QNT0852";
    /// <summary>The data set's options contradict each other or name something that does not exist.</summary>
    public const string DatasetOptionsInvalid = "QNT0801";

    /// <summary>The data set's folder or info file is not there.</summary>
    public const string DatasetRootMissing = "QNT0802";

    /// <summary>A table of the data set is not there.</summary>
    public const string DatasetTableMissing = "QNT0803";

    /// <summary>A table is no JSON array of objects, or a row lacks a field or holds a wrong one.</summary>
    public const string DatasetTableInvalid = "QNT0804";

    /// <summary>A row refers to a token that the other table does not have.</summary>
    public const string DatasetTokenDangling = "QNT0805";

    /// <summary>A chain of <c>next</c> or <c>prev</c> tokens ends at a row that is not there, or runs in a circle.</summary>
    public const string DatasetChainBroken = "QNT0806";

    /// <summary>A point file is not there or cannot be read.</summary>
    public const string PointFileMissing = "QNT0807";

    /// <summary>A point file's length does not fit its columns.</summary>
    public const string PointFileInvalid = "QNT0808";

    /// <summary>A frame has no points left, or a point file lost more than half of them.</summary>
    public const string FrameUnusable = "QNT0809";

    /// <summary>A path in a table or info file leaves the data set's folder.</summary>
    public const string DatasetPathOutside = "QNT0810";

    /// <summary>The data set has no frames.</summary>
    public const string DatasetEmpty = "QNT0811";

    /// <summary>The data set has fewer frames than were asked for.</summary>
    public const string DatasetFramesFewer = "QNT0812";

    /// <summary>The data set has no labels.</summary>
    public const string DatasetUnlabelled = "QNT0813";

    /// <summary>The data set's objects belong to none of the model's classes.</summary>
    public const string DatasetClassesUnmatched = "QNT0814";

    /// <summary>The LiDAR channel to read was not found, or there are several.</summary>
    public const string LidarChannelUnclear = "QNT0815";

    /// <summary>An MMDetection3D info file holds something that this program cannot read.</summary>
    public const string InfoFileInvalid = "QNT0816";

    /// <summary>A sample has no key frame of the LiDAR and is left out.</summary>
    public const string FrameWithoutLidar = "QNT0817";

    // 09xx: environment

    /// <summary>libtorch was not found.</summary>
    public const string LibTorchMissing = "QNT0901";

    /// <summary>libtorch was found but does not fit TorchSharp, or cannot be loaded.</summary>
    public const string LibTorchUnusable = "QNT0902";

    /// <summary>Another native library of the program cannot be loaded.</summary>
    public const string NativeLibraryMissing = "QNT0903";

    /// <summary>trtexec was not found, and the config demands it.</summary>
    public const string TrtexecMissing = "QNT0910";

    /// <summary>trtexec does not start or names no version.</summary>
    public const string TrtexecUnusable = "QNT0911";

    /// <summary>Another run holds the work directory.</summary>
    public const string WorkDirectoryBusy = "QNT0920";

    /// <summary>The work directory cannot be written.</summary>
    public const string WorkDirectoryUnusable = "QNT0921";

    /// <summary>The asked-for device is not there.</summary>
    public const string DeviceMissing = "QNT0922";

    /// <summary>A file or folder could not be read or written.</summary>
    public const string FileSystem = "QNT0923";

    /// <summary>A GPU or the machine ran out of memory.</summary>
    public const string DeviceOutOfMemory = "QNT0924";

    /// <summary>The native libraries hold no code for this GPU.</summary>
    public const string GpuNotSupported = "QNT0925";

    /// <summary>The NVIDIA driver is too old for the libraries.</summary>
    public const string DriverTooOld = "QNT0926";

    /// <summary>CUDA libraries are missing or of different versions.</summary>
    public const string LibraryMismatch = "QNT0927";

    /// <summary>The GPU failed in the middle of a computation.</summary>
    public const string GpuFailed = "QNT0928";
    /// <summary>The points of a frame in the report cannot be read, so its picture has boxes alone.</summary>
    public const string ReportPointsUnreadable = "QNT0940";

    /// <summary>A result that only the report shows cannot be read, so its section is left out.</summary>
    public const string ReportInputUnreadable = "QNT0941";

    /// <summary>A file has other bytes than its manifest says.</summary>
    public const string ManifestDiffers = "QNT0942";

    /// <summary>A file that a manifest names is not there.</summary>
    public const string ManifestFileMissing = "QNT0943";
    /// <summary>A request file of the MSBuild tasks cannot be read or has another version.</summary>
    public const string RequestInvalid = "QNT0930";

    /// <summary>MSBuild: the program <c>deploy</c> was found neither by QuantToolAssembly nor as a local tool.</summary>
    public const string WorkerNotFound = "QNT0931";

    /// <summary>MSBuild: <c>deploy</c> ended without leaving a result.</summary>
    public const string WorkerCrashed = "QNT0932";

    /// <summary>MSBuild: the result of <c>deploy</c> cannot be read or has a version that the tasks do not know.</summary>
    public const string WorkerResultInvalid = "QNT0933";

    /// <summary>MSBuild: two QuantModel items have one name, or a name cannot be a folder.</summary>
    public const string QuantModelInvalid = "QNT0934";

    /// <summary>MSBuild: the tasks need the MSBuild of the .NET SDK.</summary>
    public const string DotnetBuildNeeded = "QNT0935";

    /// <summary>Warning: the list of this program's packages cannot be read, so sbom.json does not name them.</summary>
    public const string PackageListUnreadable = "QNT0936";
    /// <summary>Warning: deploy.log cannot be written, so the run goes on without it.</summary>
    public const string LogUnwritable = "QNT0946";

    /// <summary>A bug of this program.</summary>
    public const string Internal = "QNT0999";
}
