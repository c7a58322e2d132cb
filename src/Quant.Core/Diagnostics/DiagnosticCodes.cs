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

    // 07xx: gates

    // 08xx: data set

    // 09xx: environment

    /// <summary>libtorch was not found.</summary>
    public const string LibTorchMissing = "QNT0901";

    /// <summary>libtorch was found but does not fit TorchSharp, or cannot be loaded.</summary>
    public const string LibTorchUnusable = "QNT0902";
}
