namespace Quant.Core.Quantization;

/// <summary>Batch norm folding.</summary>
public sealed record FusionConfig
{
    /// <summary>Fold every norm into its layer before quantization (what AWML and CUDA-CenterPoint do).</summary>
    public bool FuseBn { get; init; } = true;
}
