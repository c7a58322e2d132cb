using static TorchSharp.torch;

namespace Quant.Core.Models;

/// <summary>A learned factor for each output channel, applied after the norm (ConvNeXt's <c>gamma</c>); folding multiplies it into the weight.</summary>
/// <param name="Key">Its key in the checkpoint.</param>
/// <param name="Factor">[out].</param>
public sealed record LayerScale(string Key, Tensor Factor) : IDisposable
{
    /// <summary>Frees the factor.</summary>
    public void Dispose() => Factor.Dispose();
}
