using Quant.Core.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Quantization;

/// <summary>Weight ranges: the largest magnitude, per channel of an axis or over the whole tensor.</summary>
public static class WeightRange
{
    /// <summary>Measures a layer's weight.</summary>
    public static WeightQuantization Max(Layer layer, int? axis)
    {
        ArgumentNullException.ThrowIfNull(layer);
        using var scope = NewDisposeScope();
        var magnitude = layer.Weight.abs();
        var amax = axis is { } kept
            ? magnitude.amax([.. Enumerable.Range(0, (int)magnitude.dim()).Where(index => index != kept).Select(index => (long)index)])
            : magnitude.max().reshape(1);
        var values = amax.cpu().data<float>().ToArray();
        return new WeightQuantization(axis, values, [.. values.Select(Symmetric.Scale)]);
    }
}
