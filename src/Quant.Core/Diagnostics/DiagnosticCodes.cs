namespace Quant.Core.Diagnostics;

/// <summary>
/// Every code a user can meet, by area: 01 config, 02 checkpoint and model, 03 quantization and calibration, 04 export,
/// 05 engine, 06 comparison, 07 gates, 08 data set, 09 environment. A number is never used again for another meaning.
/// docs/diagnostics.md explains each; a test keeps both in step.
/// </summary>
public static class DiagnosticCodes
{
    // 01xx: config

    // 02xx: checkpoint and model

    /// <summary>The checkpoint lacks keys, has unknown ones, or shapes differ from the config.</summary>
    public const string StateDictMismatch = "QNT0210";

    /// <summary>The model section describes something this program cannot build.</summary>
    public const string UnsupportedModel = "QNT0211";

    // 03xx: quantization and calibration

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

    // 05xx: engine

    // 06xx: comparison

    // 07xx: gates

    // 08xx: data set

    // 09xx: environment

    /// <summary>libtorch was not found.</summary>
    public const string LibTorchMissing = "QNT0901";

    /// <summary>libtorch was found but does not fit TorchSharp, or cannot be loaded.</summary>
    public const string LibTorchUnusable = "QNT0902";
}
