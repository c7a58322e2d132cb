namespace Quant.Core.Quantization;

/// <summary>Bias correction in execution order.</summary>
public sealed record BiasCorrectionConfig
{
    /// <summary>On by default: the largest single gain on BEV maps.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary><c>frames</c>, or <c>empty_map</c>: only the constant response of empty cells is corrected, which needs no frames.</summary>
    public string Source { get; init; } = "frames";

    /// <summary>Upper bound of the calibration frames it uses.</summary>
    public int NumBatches { get; init; } = 32;

    /// <summary>Memory for the activations of all frames, GiB; fewer frames are used when they do not fit.</summary>
    public double MemoryGb { get; init; } = 2;
}
