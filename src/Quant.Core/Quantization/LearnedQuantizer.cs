using Quant.Core.Models;
using Quant.Core.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Quant.Core.Quantization;

/// <summary>
/// Fake quantization whose range is trained with the weights. Source: Esser et al., Learned Step Size Quantization, arXiv 1902.08153: the gradient
/// of the range is (q − x/s)/127 inside and ±1 outside, scaled by 1/√(127·N).
/// </summary>
public sealed class LearnedQuantizer : ILayerQuantizer, IDisposable
{
    /// <summary>Starts from calibrated ranges; see <see cref="TensorQuantizer"/> for the parameters.</summary>
    public LearnedQuantizer(string name, IReadOnlyList<float> amax, int? axis = null, int rank = 4, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(amax);
        var shape = new long[rank];
        Array.Fill(shape, 1);
        shape[axis ?? 0] = axis is null ? 1 : amax.Count;
        Name = name;
        // A channel of zeros has no step to learn from; the smallest range keeps it at zero.
        using var scope = NewDisposeScope();
        var start = tensor([.. amax.Select(value => Math.Max(value, Symmetric.ZeroAmax * 2))], axis is null ? [1] : shape, device: device);
        Amax = new Parameter(start);
        Amax.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The trained ranges.</summary>
    public Parameter Amax { get; }

    /// <summary>The ranges as numbers, positive.</summary>
    public IReadOnlyList<float> Ranges()
    {
        using var scope = NewDisposeScope();
        var host = Amax.detach().cpu().AtLeast(Symmetric.ZeroAmax * 2);
        return [.. host.data<float>()];
    }

    /// <inheritdoc/>
    public Tensor Quantize(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scope = NewDisposeScope();
        Tensor quantized, inside, slope;
        using (no_grad())
        {
            // Divided, not times a reciprocal: the bits of TensorQuantizer, which takes over after training.
            var multiplier = ones_like(Amax).Times(127.0).div(Amax.AtLeast(Symmetric.ZeroAmax * 2));
            var scaled = tensor.mul(multiplier);
            var level = scaled.Clipped(-128, 127);
            inside = scaled.eq(level);
            quantized = level.round_().div(multiplier);
            slope = level.sub_(scaled.mul_(inside)).TimesInPlace(1 / (127 * Math.Sqrt(127.0 * tensor.numel())));
        }

        if (!is_grad_enabled())
        {
            return quantized.MoveToOuterDisposeScope();
        }

        // Both gradients at once; the value stays the quantized one to the bit.
        var passing = (tensor * inside).Plus(Amax * slope);
        return quantized.Plus(passing - passing.detach()).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the ranges.</summary>
    public void Dispose() => Amax.Dispose();
}
