using Quant.Core.Quantization;

namespace Quant.Core.Export;

/// <summary>INT8 weight and INT32 bias of a layer in the CPU form, with a scale for each output channel.</summary>
/// <param name="Levels">In the order of the weight.</param>
/// <param name="Scales">Per output channel.</param>
/// <param name="BiasLevels">Bias in units of input scale · weight scale.</param>
/// <param name="BiasScales">Input scale · weight scale, in float32.</param>
internal sealed record CpuWeight(sbyte[] Levels, float[] Scales, int[] BiasLevels, float[] BiasScales)
{
    /// <summary>Leaves room for the sum of products in the 32-bit accumulator.</summary>
    private const double MaxBiasLevel = 1 << 30;

    /// <summary>Bias resolution of a channel without weights.</summary>
    private const double DeadChannelBiasLevel = 1 << 20;

    /// <summary>Keeps products of scales away from subnormal numbers.</summary>
    private const double MinScale = 1e-25;

    /// <summary>
    /// Quantizes a convolution (output channels on weight axis 0). The scale of a channel is widened where its bias would
    /// overflow INT32: such a channel's weights are negligible beside its bias.
    /// </summary>
    public static CpuWeight Of(LayerWeights layer, WeightQuantization weight, float inputScale, int maxLevel)
    {
        var channels = (int)layer.OutputChannels;
        var bias = layer.Bias ?? new float[channels];
        var amax = new float[channels];
        var scales = new float[channels];
        for (var channel = 0; channel < channels; channel++)
        {
            var range = weight.Amax[weight.Axis is null ? 0 : channel];
            var dead = range <= Symmetric.ZeroAmax;
            var magnitude = Math.Abs((double)bias[channel]);
            var scale = dead
                ? (magnitude > 0 ? magnitude / (inputScale * DeadChannelBiasLevel) : 1)
                : Math.Max(range / (double)maxLevel, magnitude / (inputScale * MaxBiasLevel));
            scales[channel] = (float)Math.Max(scale, MinScale);
            amax[channel] = dead ? 0 : scale > range / (double)maxLevel ? scales[channel] * maxLevel : range;
        }

        var levels = WeightLevels.Quantize(layer.Weight, layer.WeightShape, new WeightQuantization(0, amax, scales), maxLevel);
        var biasScales = Array.ConvertAll(scales, scale => scale * inputScale);
        int[] biasLevels = [.. bias.Select((value, channel) => (int)Math.Clamp(Math.Round(value / (double)biasScales[channel], MidpointRounding.ToEven), -MaxBiasLevel, MaxBiasLevel))];
        return new CpuWeight(levels, scales, biasLevels, biasScales);
    }
}
