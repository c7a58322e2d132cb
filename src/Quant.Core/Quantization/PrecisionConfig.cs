namespace Quant.Core.Quantization;

/// <summary>Precision at the borders of the quantized part.</summary>
public sealed record PrecisionConfig
{
    /// <summary>Only <c>int8</c>.</summary>
    public string DefaultInput { get; init; } = "int8";

    /// <summary>Only <c>int8</c>.</summary>
    public string DefaultWeight { get; init; } = "int8";

    /// <summary><c>fp16</c> keeps the first layer of the backbone float.</summary>
    public string FirstLayerInput { get; init; } = "int8";

    /// <summary><c>fp16</c>: no Q after a head's last convolution (which is quantized itself).</summary>
    public string LastLayerOutput { get; init; } = "fp16";
}
