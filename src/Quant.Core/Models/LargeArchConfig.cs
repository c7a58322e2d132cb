namespace Quant.Core.Models;

/// <summary>ConvNeXt_PC's stages with larger depthwise kernels.</summary>
public sealed record LargeArchConfig
{
    /// <summary>Stage indices.</summary>
    public IReadOnlyList<int> Stages { get; init; } = [];

    /// <summary>The odd kernel size of each of <see cref="Stages"/>.</summary>
    public IReadOnlyList<int> LargeKernelSizes { get; init; } = [];
}
