namespace Quant.Core.Models;

/// <summary>What follows a layer's norm.</summary>
public enum Activation
{
    /// <summary>Nothing: the layer's output may be negative.</summary>
    None,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x·Φ(x) with the exact normal distribution function: x/2·(1 + erf(x/√2)).</summary>
    Gelu,
}
