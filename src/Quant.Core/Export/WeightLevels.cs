using Quant.Core.Quantization;

namespace Quant.Core.Export;

/// <summary>INT8 levels of weights: q = clip(round_half_even(w·(127/amax)), −128, 127) in float32 (pytorch-quantization's formula).</summary>
public static class WeightLevels
{
    /// <summary>The levels of a weight tensor.</summary>
    /// <param name="weight">Row-major values.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="quantization">One range, or one per index of its axis.</param>
    /// <param name="maxLevel">127, or 63 for 7-bit weights (levels −64…63).</param>
    public static sbyte[] Quantize(float[] weight, IReadOnlyList<long> shape, WeightQuantization quantization, int maxLevel = 127)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(quantization);
        var channels = ChannelIndex.Over(shape, quantization.Axis);
        var levels = new sbyte[weight.Length];
        for (var i = 0; i < weight.Length; i++)
        {
            levels[i] = Level(weight[i], quantization.Amax[channels.Of(i)], maxLevel);
        }

        return levels;
    }

    /// <summary>The values of levels: level·scale.</summary>
    public static float[] Dequantize(sbyte[] levels, IReadOnlyList<long> shape, WeightQuantization quantization)
    {
        ArgumentNullException.ThrowIfNull(levels);
        ArgumentNullException.ThrowIfNull(quantization);
        var channels = ChannelIndex.Over(shape, quantization.Axis);
        var values = new float[levels.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = levels[i] * quantization.Scale[channels.Of(i)];
        }

        return values;
    }

    private static sbyte Level(float value, float amax, int maxLevel) => amax <= Symmetric.ZeroAmax
        ? (sbyte)0
        : (sbyte)Math.Clamp(MathF.Round(value * (maxLevel / amax), MidpointRounding.ToEven), -maxLevel - 1, maxLevel);
}
