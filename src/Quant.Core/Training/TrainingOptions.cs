namespace Quant.Core.Training;

/// <summary>How a training runs.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the data.</summary>
    public int Epochs { get; init; } = 3;

    /// <summary>Steps of one pass.</summary>
    public required int StepsPerEpoch { get; init; }

    /// <summary>Peak learning rate.</summary>
    public double LearningRate { get; init; } = 1e-5;

    /// <summary>See <see cref="Schedule"/>.</summary>
    public string Schedule { get; init; } = "cosine";

    /// <summary>AdamW's decoupled weight decay.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Largest L2 norm of all gradients together.</summary>
    public double ClipNorm { get; init; } = 15;

    /// <summary>A mean loss of more than this many times the first steps' stops the training.</summary>
    public double ExplosionFactor { get; init; } = 5;
}
