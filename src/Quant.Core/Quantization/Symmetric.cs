namespace Quant.Core.Quantization;

/// <summary>
/// Symmetric signed 8-bit arithmetic as pytorch-quantization's <c>tensor_quant</c> with narrow_range False: s = 127/amax in float32,
/// q = clip(round_half_even(x·s), −128, 127), y = q/s. The exported scale is amax/127, computed separately.
/// </summary>
public static class Symmetric
{
    /// <summary>At or below this range a tensor counts as all zero (2⁻²⁴).</summary>
    public const float ZeroAmax = 1f / (1 << 24);

    /// <summary>The ONNX scale: amax/127, or 1 for an all-zero tensor, because TensorRT refuses a scale of 0.</summary>
    public static float Scale(float amax) => amax <= ZeroAmax ? 1f : amax / 127f;

    /// <summary>The integer level of a value, −128…127; NaN gives 0.</summary>
    public static sbyte Level(float value, float amax)
    {
        if (amax <= ZeroAmax || float.IsNaN(value))
        {
            return 0;
        }

        return (sbyte)Math.Clamp(MathF.Round(value * (127f / amax)), -128f, 127f);
    }

    /// <summary>The value after quantization and dequantization.</summary>
    public static float FakeQuantize(float value, float amax) => amax <= ZeroAmax ? 0f : Level(value, amax) / (127f / amax);
}
