namespace Quant.Core.Models;

/// <summary>The center head.</summary>
public sealed record HeadConfig
{
    /// <summary>Channels of the shared 3×3 convolution.</summary>
    public int ShareConvChannel { get; init; } = 64;

    /// <summary>Channels inside each branch.</summary>
    public int HeadConv { get; init; } = 64;

    /// <summary>Kernel of both convolutions of a branch.</summary>
    public int FinalKernel { get; init; } = 1;

    /// <summary>Class names of each task, in heatmap channel order.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Tasks { get; init; }

    /// <summary>Canvas cells along one side of a head cell.</summary>
    public int OutSizeFactor { get; init; } = 1;

    /// <summary>Branches before the heatmap in state-dict order: name → output channels.</summary>
    public IReadOnlyDictionary<string, int> CommonHeads { get; init; } = new Dictionary<string, int>
    {
        ["reg"] = 2,
        ["height"] = 1,
        ["dim"] = 3,
        ["rot"] = 2,
        ["vel"] = 2,
    };

    /// <summary>True when the dim branch holds log sizes.</summary>
    public bool NormBbox { get; init; } = true;

    /// <summary>All classes, task by task: the labels of detections index this list.</summary>
    public IReadOnlyList<string> ClassNames => [.. Tasks.SelectMany(task => task)];
}
