using Quant.Core.Models;
using static TorchSharp.torch;

namespace Quant.Core.Quantization;

/// <summary>
/// Multiplies the channels of the last axis and then quantizes. An input quantizer with factors 1/s and a weight quantizer with factors s belong
/// together: the layer computes with x/s and W·s, the product it would have computed with x and W.
/// </summary>
public sealed class ScaledQuantizer : ILayerQuantizer, IDisposable
{
    private readonly ILayerQuantizer inner;
    private readonly Tensor factors;

    /// <summary>Around another quantizer, which stays the caller's.</summary>
    /// <param name="inner">Quantizes the scaled tensor.</param>
    /// <param name="factors">One for each index of the last axis.</param>
    /// <param name="device">Where the tensors are.</param>
    public ScaledQuantizer(ILayerQuantizer inner, IReadOnlyList<float> factors, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(factors);
        this.inner = inner;
        this.factors = tensor([.. factors], device: device).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public Tensor Quantize(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scaled = tensor.mul(factors);
        return inner.Quantize(scaled);
    }

    /// <summary>Frees the factors.</summary>
    public void Dispose() => factors.Dispose();
}
