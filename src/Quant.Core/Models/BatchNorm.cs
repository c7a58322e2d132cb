using static TorchSharp.torch;

namespace Quant.Core.Models;

/// <summary>
/// The norm of a layer: y = (x − mean)/√(var + eps)·weight + bias, per output channel.
/// The encoder, backbone and neck use eps 1e-3, the head 1e-5.
/// </summary>
/// <param name="Weight">γ, [out].</param>
/// <param name="Bias">β, [out].</param>
/// <param name="Mean">Running mean, [out].</param>
/// <param name="Variance">Running variance, [out].</param>
/// <param name="Epsilon">Added to the variance.</param>
public sealed record BatchNorm(Tensor Weight, Tensor Bias, Tensor Mean, Tensor Variance, double Epsilon) : IDisposable
{
    /// <summary>Its prefix in the checkpoint, such as <c>pts_backbone.blocks.0.1</c>.</summary>
    public string Key { get; init; } = "";

    /// <summary>Part of a batch's statistics in the running ones while training (MMDetection3D: 0.01, PyTorch's 0.1 in the head).</summary>
    public double Momentum => Epsilon < 1e-4 ? 0.1 : 0.01;

    /// <summary>Frees the four tensors.</summary>
    public void Dispose()
    {
        Weight.Dispose();
        Bias.Dispose();
        Mean.Dispose();
        Variance.Dispose();
    }
}
