namespace Quant.Core.Quantization;

/// <summary>Channel equalization: c_i = (max_i/max)^α divides a channel and multiplies its consumers' columns.</summary>
public sealed record EqualizationConfig
{
    /// <summary>Only with bias correction: alone it makes results worse.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>A number in [0, 1], or <c>auto</c>: search by output error.</summary>
    public string Alpha { get; init; } = "auto";
}
