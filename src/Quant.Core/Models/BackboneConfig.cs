namespace Quant.Core.Models;

/// <summary>The 2D backbone. Some keys belong to one type only and are ignored by the other.</summary>
public sealed record BackboneConfig
{
    /// <summary><c>SECOND</c> or <c>ConvNeXt_PC</c>.</summary>
    public string Type { get; init; } = "SECOND";

    /// <summary>Channels of the canvas.</summary>
    public int InChannels { get; init; } = 32;

    /// <summary>Channels of each stage. ConvNeXt_PC's first stage has <see cref="InChannels"/> whatever stands here, as in AWML.</summary>
    public IReadOnlyList<int> OutChannels { get; init; } = [64, 128, 256];

    /// <summary>SECOND: convolutions of each stage after its first.</summary>
    public IReadOnlyList<int> LayerNums { get; init; } = [3, 5, 5];

    /// <summary>SECOND: stride of each stage's first convolution.</summary>
    public IReadOnlyList<int> LayerStrides { get; init; } = [1, 2, 2];

    /// <summary>ConvNeXt_PC: blocks of each stage.</summary>
    public IReadOnlyList<int> Depths { get; init; } = [3, 2, 1, 1, 1];

    /// <summary>ConvNeXt_PC: the stages that the neck reads; they leave in the order of the stages.</summary>
    public IReadOnlyList<int> OutIndices { get; init; } = [2, 3, 4];

    /// <summary>ConvNeXt_PC: the first stage with a 2×2 convolution of stride 2 before it; 1 leaves stage 0 at the canvas' resolution.</summary>
    public int FirstDownsample { get; init; } = 1;

    /// <summary>ConvNeXt_PC: above 0 every block scales its branch by a learned factor per channel (<c>gamma</c>); the value itself matters to training only.</summary>
    public double LayerScaleInitValue { get; init; } = 1e-6;

    /// <summary>ConvNeXt_PC: stages with larger kernels, or null.</summary>
    public LargeArchConfig? LargeArch { get; init; }

    /// <summary>Channels of each tensor that the neck reads.</summary>
    public IReadOnlyList<int> OutputChannels => Type == ConvNextBackbone.Type
        ? [.. Enumerable.Range(0, OutChannels.Count).Where(OutIndices.Contains).Select(stage => stage == 0 ? InChannels : OutChannels[stage])]
        : OutChannels;

    /// <summary>Canvas cells along one side of a cell of each tensor that the neck reads.</summary>
    public IReadOnlyList<int> OutputStrides => Type == ConvNextBackbone.Type
        ? [.. Enumerable.Range(0, OutChannels.Count).Where(OutIndices.Contains).Select(stage => 1 << Math.Max(0, stage + 1 - FirstDownsample))]
        : LayerStrides.Aggregate(new List<int>(), (all, step) => [.. all, step * all.LastOrDefault(1)]);
}
