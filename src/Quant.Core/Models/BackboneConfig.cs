namespace Quant.Core.Models;

/// <summary>The 2D backbone.</summary>
public sealed record BackboneConfig
{
    /// <summary><c>SECOND</c>.</summary>
    public string Type { get; init; } = "SECOND";

    /// <summary>Channels of the canvas.</summary>
    public int InChannels { get; init; } = 32;

    /// <summary>Channels of each stage.</summary>
    public IReadOnlyList<int> OutChannels { get; init; } = [64, 128, 256];

    /// <summary>Convolutions of each stage after its first.</summary>
    public IReadOnlyList<int> LayerNums { get; init; } = [3, 5, 5];

    /// <summary>Stride of each stage's first convolution.</summary>
    public IReadOnlyList<int> LayerStrides { get; init; } = [1, 2, 2];
}
