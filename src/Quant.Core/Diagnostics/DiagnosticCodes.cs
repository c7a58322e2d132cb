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

    // 03xx: quantization and calibration

    // 04xx: export

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
