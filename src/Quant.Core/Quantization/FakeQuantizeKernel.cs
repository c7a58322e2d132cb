using System.Numerics;
using System.Runtime.InteropServices;

namespace Quant.Core.Quantization;

/// <summary>Quantizes and dequantizes values with one range, as <see cref="Symmetric"/> defines it: clamp(round_half_even(x·m), −128, 127)/d.</summary>
public static class FakeQuantizeKernel
{
    /// <summary>Writes a result for each value; NaN stays NaN.</summary>
    /// <param name="values">Any.</param>
    /// <param name="results">As many.</param>
    /// <param name="multiplier">127/amax, or 0 for an all-zero tensor.</param>
    /// <param name="divisor">127/amax, or 1.</param>
    public static void Run(ReadOnlySpan<float> values, Span<float> results, float multiplier, float divisor)
    {
        var (lowest, highest) = (new Vector<float>(-128f), new Vector<float>(127f));
        var (factor, quotient) = (new Vector<float>(multiplier), new Vector<float>(divisor));
        var sources = MemoryMarshal.Cast<float, Vector<float>>(values);
        var targets = MemoryMarshal.Cast<float, Vector<float>>(results);
        for (var index = 0; index < sources.Length; index++)
        {
            var level = Vector.Round(sources[index] * factor, MidpointRounding.ToEven);
            targets[index] = Vector.Min(Vector.Max(level, lowest), highest) / quotient;
        }

        for (var index = sources.Length * Vector<float>.Count; index < values.Length; index++)
        {
            results[index] = MathF.Min(MathF.Max(MathF.Round(values[index] * multiplier), -128f), 127f) / divisor;
        }
    }
}
