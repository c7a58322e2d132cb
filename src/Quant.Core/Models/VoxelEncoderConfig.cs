namespace Quant.Core.Models;

/// <summary>The pillar feature net.</summary>
public sealed record VoxelEncoderConfig
{
    /// <summary><c>PillarFeatureNet</c> (offsets x, y, z to the pillar centre) or <c>BackwardPillarFeatureNet</c> (x, y).</summary>
    public string Type { get; init; } = "PillarFeatureNet";

    /// <summary>Values per point before decoration: 4 (x, y, z, time) or 5 (with intensity).</summary>
    public int InChannels { get; init; } = 4;

    /// <summary>Output width of each PFN layer; all but the last compute half and append the pillar's maximum.</summary>
    public IReadOnlyList<int> FeatChannels { get; init; } = [32, 32];

    /// <summary>F: raw values, three cluster offsets, two or three centre offsets.</summary>
    public int DecoratedChannels => InChannels + 3 + CenterOffsets;

    /// <summary>2 for BackwardPillarFeatureNet, else 3.</summary>
    public int CenterOffsets => Type == "BackwardPillarFeatureNet" ? 2 : 3;
}
