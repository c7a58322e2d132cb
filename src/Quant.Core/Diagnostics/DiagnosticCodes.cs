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

    // 05xx: engine

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

    // 09xx: environment

    /// <summary>libtorch was not found.</summary>
    public const string LibTorchMissing = "QNT0901";

    /// <summary>libtorch was found but does not fit TorchSharp, or cannot be loaded.</summary>
    public const string LibTorchUnusable = "QNT0902";
}
