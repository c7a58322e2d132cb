namespace Quant.Core.Models;

/// <summary>The weighted operations that can be quantized.</summary>
public enum LayerKind
{
    /// <summary>Weight [out, in/groups, kH, kW].</summary>
    Conv2d,

    /// <summary>Weight [in, out/groups, kH, kW]: output channels are axis 1.</summary>
    ConvTranspose2d,

    /// <summary>Weight [out, in], applied to the last axis.</summary>
    Linear,
}
