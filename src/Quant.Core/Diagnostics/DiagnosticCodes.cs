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
}
