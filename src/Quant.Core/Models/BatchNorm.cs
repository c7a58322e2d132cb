using static TorchSharp.torch;

namespace Quant.Core.Models;

/// <summary>
/// The norm of a layer in evaluation form: y = (x − mean)/√(var + eps)·weight + bias, per output channel.
/// The encoder, backbone and neck use eps 1e-3, the head 1e-5.
/// </summary>
/// <param name="Weight">γ, [out].</param>
/// <param name="Bias">β, [out].</param>
/// <param name="Mean">Running mean, [out].</param>
/// <param name="Variance">Running variance, [out].</param>
/// <param name="Epsilon">Added to the variance.</param>
public sealed record BatchNorm(Tensor Weight, Tensor Bias, Tensor Mean, Tensor Variance, double Epsilon) : IDisposable
{
    /// <summary>Frees the four tensors.</summary>
    public void Dispose()
    {
        Weight.Dispose();
        Bias.Dispose();
        Mean.Dispose();
        Variance.Dispose();
    }
}
