using Quant.Core.Diagnostics;

namespace Deploy.Datasets;

/// <summary>The frames of one data set in a fixed order; safe to call from several threads.</summary>
public interface IFrameSource
{
    /// <summary>Number of frames, at least 1.</summary>
    int Count { get; }

    /// <summary>True when frames carry objects.</summary>
    bool HasLabels { get; }

    /// <summary>Identifiers of the frames, in order.</summary>
    IReadOnlyList<string> Tokens { get; }

    /// <summary>Point file of each frame's key frame.</summary>
    IReadOnlyList<string> Files { get; }

    /// <summary>Warnings from opening: broken chains, fewer frames than asked for, missing labels.</summary>
    IReadOnlyList<Diagnostic> Notes { get; }

    /// <summary>Objects left out because their class (after mapping) is none of the model's: category → number.</summary>
    IReadOnlyDictionary<string, int> IgnoredObjects { get; }

    /// <summary>Reads one frame.</summary>
    /// <param name="index">0 … <see cref="Count"/> − 1.</param>
    /// <exception cref="QuantException">The points cannot be read or used.</exception>
    Frame Load(int index);

    /// <summary>From the frame of the points into the world, or null when the data set does not state it.</summary>
    /// <param name="index">0 … <see cref="Count"/> − 1.</param>
    RigidTransform? PoseOf(int index);
}
