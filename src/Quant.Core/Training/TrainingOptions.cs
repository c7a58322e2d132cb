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

    /// <summary>Of the learning rate, for trained ranges, which move relatively: see <see cref="AdamW"/>.</summary>
    public double RangeRate { get; init; } = 10;

    /// <summary>Part of the allowed time that has passed; the schedule follows whichever of time and steps is further, so that a training cut by time ends at a low rate too.</summary>
    public Func<double>? TimeUsed { get; init; }

    /// <summary>Largest L2 norm of all gradients together.</summary>
    public double ClipNorm { get; init; } = 15;

    /// <summary>A mean loss of more than this many times the first steps' stops the training.</summary>
    public double ExplosionFactor { get; init; } = 5;
}
