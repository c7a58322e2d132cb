using Quant.Core.Models;
using Quant.Core.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Quantization;

/// <summary>Fake quantization of a tensor with a fixed range (see <see cref="Symmetric"/>), on any device.</summary>
public sealed class TensorQuantizer : ILayerQuantizer, IDisposable
{
    private readonly Tensor multiplier;
    private readonly Tensor divisor;
    private readonly Tensor limit;
    private readonly (float Multiplier, float Divisor)? whole;

    /// <summary>A range per tensor, or per channel of one axis.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="amax">One value, or one for each index of <paramref name="axis"/>.</param>
    /// <param name="axis">The axis that keeps its own ranges, or null.</param>
    /// <param name="rank">Number of axes of the tensors it will see; used with an axis.</param>
    /// <param name="device">Where those tensors are.</param>
    public TensorQuantizer(string name, IReadOnlyList<float> amax, int? axis = null, int rank = 4, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(amax);
        if (amax.Any(value => !(value >= 0) || float.IsInfinity(value)))
        {
            throw new ArgumentOutOfRangeException(nameof(amax), $"{name} has a negative or non-finite range");
        }

        Name = name;
        var shape = new long[rank];
        Array.Fill(shape, 1);
        shape[axis ?? 0] = axis is null ? 1 : amax.Count;
        // All-zero channels round to 0 and divide by 1.
        whole = axis is null ? (amax[0] <= Symmetric.ZeroAmax ? (0f, 1f) : (127f / amax[0], 127f / amax[0])) : null;
        multiplier = tensor([.. amax.Select(value => value <= Symmetric.ZeroAmax ? 0f : 127f / value)], axis is null ? [] : shape, device: device).DetachFromDisposeScope();
        limit = tensor([.. amax], axis is null ? [] : shape, device: device).DetachFromDisposeScope();
        divisor = tensor([.. amax.Select(value => value <= Symmetric.ZeroAmax ? 1f : 127f / value)], axis is null ? [] : shape, device: device).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public Tensor Quantize(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scope = NewDisposeScope();
        if (is_grad_enabled() && tensor.requires_grad)
        {
            // Straight-through: the value is the rounded one to the bit, and the gradient passes where |x| is at most amax.
            var rounded = tensor.detach().mul(multiplier).round_().ClippedInPlace(-128, 127).div_(divisor);
            var inside = tensor.mul(tensor.detach().abs().le(limit));
            return rounded.Plus(inside - inside.detach()).MoveToOuterDisposeScope();
        }

        if (whole is { } one && tensor.device_type == DeviceType.CPU && tensor.dtype == ScalarType.Float32 && tensor.is_contiguous() && tensor.numel() > 0)
        {
            // One pass over memory instead of four; to the bit the same.
            var result = empty_like(tensor);
            TensorParts.Run(tensor, (_, start, length) => FakeQuantizeKernel.Run(
                TensorMemory.Span(tensor).Slice(start, length), TensorMemory.Writable(result).Slice(start, length), one.Multiplier, one.Divisor));
            return result.MoveToOuterDisposeScope();
        }

        return tensor.mul(multiplier).round_().ClippedInPlace(-128, 127).div_(divisor).MoveToOuterDisposeScope();
    }

    /// <summary>Frees its tensors.</summary>
    public void Dispose()
    {
        multiplier.Dispose();
        divisor.Dispose();
        limit.Dispose();
    }
}
