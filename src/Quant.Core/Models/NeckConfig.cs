namespace Quant.Core.Models;

/// <summary>The feature pyramid: one branch for each backbone stage, joined along channels.</summary>
public sealed record NeckConfig
{
    /// <summary><c>SECONDFPN</c>.</summary>
    public string Type { get; init; } = "SECONDFPN";

    /// <summary>Channels of each branch.</summary>
    public IReadOnlyList<int> OutChannels { get; init; } = [128, 128, 128];

    /// <summary>Above 1: ConvTranspose2d with kernel = stride; below 1: Conv2d with kernel = stride = round(1/s).</summary>
    public IReadOnlyList<double> UpsampleStrides { get; init; } = [0.5, 1, 2];

    /// <summary>True: stride 1 is a 1×1 Conv2d; false: a 1×1 ConvTranspose2d.</summary>
    public bool UseConvForNoStride { get; init; } = true;
}
