using Deploy.Training;
using Quant.Core.Checkpoints;
using Quant.Core.Models;
using Quant.Core.Training;
using static TorchSharp.torch;

namespace Deploy.Pipeline;

/// <summary>One training: what is trained on what, and where it goes.</summary>
internal sealed record TrainingPlan
{
    /// <summary>For messages: <c>train</c> or <c>qat</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The model, on its device.</summary>
    public required CenterPoint Model { get; init; }

    /// <summary>Its trainable part.</summary>
    public required TrainableWeights Weights { get; init; }

    /// <summary>Trained ranges, when there are any.</summary>
    public IReadOnlyList<TorchSharp.Modules.Parameter> Ranges { get; init; } = [];

    /// <summary>True: norms follow the batches.</summary>
    public bool TrainsNorms { get; init; }

    /// <summary>The data.</summary>
    public required TrainingFrames Frames { get; init; }

    /// <summary>Epochs, rates, limits.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>Loss of head outputs for a batch.</summary>
    public required Func<IReadOnlyDictionary<string, Tensor>, TrainingBatch, Tensor> Loss { get; init; }

    /// <summary>The weights as they are now, as the result and the stored state hold them.</summary>
    public required Func<StateDict> Weight { get; init; }

    /// <summary>Goes into the checkpoint.</summary>
    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>The best checkpoint; the last one lies beside it as <c>NAME.last.pth</c>.</summary>
    public required string Output { get; init; }

    /// <summary>Digest of everything that decides the result.</summary>
    public required string Run { get; init; }

    /// <summary>State to go on from, whose weights the model holds already.</summary>
    public TrainingState? From { get; init; }

    /// <summary>Steps end then; null is never.</summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>True: half of the accuracy lost stops the training.</summary>
    public bool GuardsAccuracy { get; init; }
}
