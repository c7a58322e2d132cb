using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Deploy.Configuration;

/// <summary>The <c>train_cfg</c> section: how float training and QAT see their data. QAT's own numbers are in quantization.qat.</summary>
public sealed record TrainConfig
{
    /// <summary>Passes over the training frames (deploy train).</summary>
    [Description("Passes over the training frames (deploy train).")]
    [Range(1, 100000)]
    public int Epochs { get; init; } = 50;

    /// <summary>Peak learning rate (deploy train).</summary>
    [Description("Peak learning rate (deploy train).")]
    [Range(1e-12, 10d)]
    public double Lr { get; init; } = 1e-3;

    /// <summary>Of the learning rate (deploy train).</summary>
    [Description("Of the learning rate (deploy train).")]
    [AllowedValues("constant", "cosine", "one_cycle")]
    public string Schedule { get; init; } = "one_cycle";

    /// <summary>Frames of a step (deploy train).</summary>
    [Description("Frames of a step (deploy train).")]
    [Range(1, 4096)]
    public int BatchSize { get; init; } = 8;

    /// <summary>AdamW's weight decay.</summary>
    [Description("AdamW's weight decay.")]
    [Range(0d, 1d)]
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Largest L2 norm of all gradients together.</summary>
    [Description("Largest L2 norm of all gradients together.")]
    [Range(1e-6, 1e9)]
    public double ClipGrad { get; init; } = 15;

    /// <summary>Convolutions compute in bfloat16 on a GPU.</summary>
    [Description("Convolutions compute in bfloat16 on a GPU.")]
    public bool MixedPrecision { get; init; }

    /// <summary>Smallest IoU that the radius of a heatmap peak keeps.</summary>
    [Description("Smallest IoU that the radius of a heatmap peak keeps.")]
    [Range(0.001, 0.999)]
    public double GaussianOverlap { get; init; } = 0.1;

    /// <summary>Smallest radius of a heatmap peak in cells.</summary>
    [Description("Smallest radius of a heatmap peak in cells.")]
    [Range(0, 100)]
    public int MinRadius { get; init; } = 2;

    /// <summary>Weights of reg 2, height 1, dim 3, rot 2 and vel 2 in the box loss.</summary>
    [Description("Weights of reg 2, height 1, dim 3, rot 2 and vel 2 in the box loss.")]
    [Length(10, 10)]
    [Range(0d, 1000d)]
    public IReadOnlyList<double> CodeWeights { get; init; } = [1, 1, 1, 1, 1, 1, 1, 1, 0.2, 0.2];

    /// <summary>Of the box loss beside the heatmap's.</summary>
    [Description("Of the box loss beside the heatmap's.")]
    [Range(0d, 1000d)]
    public double BoxLossWeight { get; init; } = 0.25;

    /// <summary>Objects with fewer points, where the data set counts them, are no targets.</summary>
    [Description("Objects with fewer points, where the data set counts them, are no targets.")]
    [Range(0, 100000)]
    public int MinPoints { get; init; } = 5;

    /// <summary>Random changes of each frame.</summary>
    [Description("Random changes of each frame.")]
    public AugmentationConfig Augmentation { get; init; } = new();

    /// <summary>Validation frames of the evaluation after every epoch; null takes all.</summary>
    [Description("Validation frames of the evaluation after every epoch; null takes all.")]
    [Range(1, int.MaxValue)]
    public int? EvaluationFrames { get; init; }
}
