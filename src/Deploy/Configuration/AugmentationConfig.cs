using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Deploy.Configuration;

/// <summary>The <c>train_cfg.augmentation</c> section, in the order it is applied (MMDetection3D's RandomFlip3D and GlobalRotScaleTrans).</summary>
public sealed record AugmentationConfig
{
    /// <summary>Probability of a mirror image across the x axis, and of one across the y axis.</summary>
    [Description("Probability of a mirror image across the x axis, and of one across the y axis.")]
    [Range(0d, 1d)]
    public double Flip { get; init; } = 0.5;

    /// <summary>Largest rotation about z in either direction, radians.</summary>
    [Description("Largest rotation about z in either direction, radians.")]
    [Range(0d, 3.1416)]
    public double Rotation { get; init; } = 1.571;

    /// <summary>Smallest and largest scale.</summary>
    [Description("Smallest and largest scale.")]
    [Length(2, 2)]
    [Range(0.1, 10d)]
    public IReadOnlyList<double> Scale { get; init; } = [0.8, 1.2];

    /// <summary>Standard deviations of the translation along x, y and z in metres.</summary>
    [Description("Standard deviations of the translation along x, y and z in metres.")]
    [Length(3, 3)]
    [Range(0d, 100d)]
    public IReadOnlyList<double> Translation { get; init; } = [1, 1, 0.2];
}
