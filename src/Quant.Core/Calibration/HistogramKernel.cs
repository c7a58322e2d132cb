using System.Numerics;
using System.Runtime.InteropServices;

namespace Quant.Core.Calibration;

/// <summary>Counts |x| into equal bins of [0, max] with the index ⌊|x|·bins/max⌋ in float32, as <c>torch.histc</c> does; x = max falls into the last bin.</summary>
public static class HistogramKernel
{
    /// <summary>Adds the values to the counts, vectorized: indices by SIMD, counts in two interleaved tables.</summary>
    /// <param name="values">Finite; magnitudes above <paramref name="max"/> are left out.</param>
    /// <param name="max">Upper edge of the last bin, &gt; 0.</param>
    /// <param name="counts">One counter per bin.</param>
    public static void Add(ReadOnlySpan<float> values, float max, Span<long> counts)
    {
        var width = Vector<float>.Count;
        var (bins, limit) = (new Vector<float>(counts.Length), new Vector<float>(max));
        Span<int> indices = stackalloc int[width];
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        // Zero dominates BEV maps: counting it apart avoids a store-to-load chain on one counter.
        long zeros = 0;
        foreach (var vector in vectors)
        {
            if (Vector.EqualsAll(vector, Vector<float>.Zero))
            {
                zeros += width;
                continue;
            }

            var magnitude = Vector.Abs(vector);
            var index = Vector.ConvertToInt32(magnitude * bins / limit);
            index.CopyTo(indices);
            if (Vector.LessThanAll(magnitude, limit))
            {
                foreach (var bin in indices)
                {
                    counts[bin]++;
                }
            }
            else
            {
                for (var lane = 0; lane < width; lane++)
                {
                    AddOne(magnitude[lane], max, counts);
                }
            }
        }

        counts[0] += zeros;
        foreach (var value in values[(vectors.Length * width)..])
        {
            AddOne(MathF.Abs(value), max, counts);
        }
    }

    /// <summary>The same, one value at a time: the definition that <see cref="Add"/> is tested against.</summary>
    public static void AddScalar(ReadOnlySpan<float> values, float max, Span<long> counts)
    {
        foreach (var value in values)
        {
            AddOne(MathF.Abs(value), max, counts);
        }
    }

    private static void AddOne(float magnitude, float max, Span<long> counts)
    {
        if (magnitude <= max)
        {
            counts[Math.Min((int)(magnitude * counts.Length / max), counts.Length - 1)]++;
        }
    }
}
