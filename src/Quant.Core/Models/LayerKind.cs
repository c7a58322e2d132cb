namespace Quant.Core.Models;

/// <summary>What a <see cref="Layer"/> computes. All but <see cref="LayerNorm"/> can be quantized.</summary>
public enum LayerKind
{
    /// <summary>Weight [out, in/groups, kH, kW].</summary>
    Conv2d,

    /// <summary>Weight [in, out/groups, kH, kW]: output channels are axis 1.</summary>
    ConvTranspose2d,

    /// <summary>Weight [out, in], applied to the last axis.</summary>
    Linear,

    /// <summary>A convolution of every channel by itself: weight [channels, 1, kH, kW], as many groups as channels.</summary>
    DepthwiseConv2d,

    /// <summary>The sum of tensors of one shape; no weight. One input quantizer serves its operands (CUDA-CenterPoint's QuantAdd).</summary>
    Add,

    /// <summary>Normalizes over the last axis, then scales and shifts by weight and bias [channels]; stays in float.</summary>
    LayerNorm,
}
