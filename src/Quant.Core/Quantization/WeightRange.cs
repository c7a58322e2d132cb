using Quant.Core.Models;
using Quant.Core.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Quantization;

/// <summary>Weight ranges, per channel of an axis or over the whole tensor.</summary>
public static class WeightRange
{
    /// <summary>Shares of the largest magnitude that <see cref="MeanSquaredError"/> tries.</summary>
    private static readonly float[] Shares = [.. Enumerable.Range(0, 61).Select(step => 1f - (0.01f * step))];

    /// <summary>The largest magnitude.</summary>
    /// <param name="layer">Its weight is measured.</param>
    /// <param name="axis">The axis with ranges of its own, or null for one range.</param>
    /// <param name="channelScale">Multiplied into the columns first; see <see cref="InputQuantization.ChannelScale"/>.</param>
    public static WeightQuantization Max(Layer layer, int? axis, IReadOnlyList<float>? channelScale = null)
    {
        ArgumentNullException.ThrowIfNull(layer);
        using var scope = NewDisposeScope();
        return Of(axis, Reduce(Scaled(layer, channelScale).abs(), axis, (magnitude, axes) => magnitude.amax(axes)));
    }

    /// <summary>Of 0.40, 0.41, … 1.00 of the largest magnitude, for each channel the range with the smallest squared error of its weights; the largest of equals.</summary>
    /// <param name="layer">Its weight is measured.</param>
    /// <param name="axis">The axis with ranges of its own, or null for one range.</param>
    /// <param name="channelScale">Multiplied into the columns first.</param>
    public static WeightQuantization MeanSquaredError(Layer layer, int? axis, IReadOnlyList<float>? channelScale = null)
    {
        ArgumentNullException.ThrowIfNull(layer);
        using var scope = NewDisposeScope();
        var weight = Scaled(layer, channelScale);
        var largest = Reduce(weight.abs(), axis, (magnitude, axes) => magnitude.amax(axes));
        var (best, smallest) = ((float[])largest.Clone(), Enumerable.Repeat(double.PositiveInfinity, largest.Length).ToArray());
        foreach (var share in Shares)
        {
            using var inner = NewDisposeScope();
            var amax = Array.ConvertAll(largest, value => share * value);
            using var quantizer = new TensorQuantizer(layer.Name, amax, axis, (int)weight.dim(), weight.device);
            var errors = Reduce((quantizer.Quantize(weight) - weight).Squared(), axis, (square, axes) => square.sum(axes));
            for (var channel = 0; channel < errors.Length; channel++)
            {
                if (errors[channel] < smallest[channel])
                {
                    (best[channel], smallest[channel]) = (amax[channel], errors[channel]);
                }
            }
        }

        return Of(axis, best);
    }

    private static WeightQuantization Of(int? axis, float[] amax) => new(axis, amax, [.. amax.Select(Symmetric.Scale)]);

    private static Tensor Scaled(Layer layer, IReadOnlyList<float>? channelScale) =>
        channelScale is null ? layer.Weight.detach() : layer.Weight.detach().mul(tensor([.. channelScale], device: layer.Weight.device));

    private static float[] Reduce(Tensor values, int? axis, Func<Tensor, long[], Tensor> reduce)
    {
        long[] axes = [.. Enumerable.Range(0, (int)values.dim()).Where(index => index != axis).Select(index => (long)index)];
        return reduce(values, axes).reshape(-1).cpu().data<float>().ToArray();
    }
}
