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
        // Neighbours often fall into one bin: a second table avoids waiting for the counter that was just written.
        Span<long> odd = vectors.Length > counts.Length ? new long[counts.Length] : counts;
        // Zero and the constants of empty regions dominate BEV maps: equal neighbours are counted at once.
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
            if (!Vector.LessThanAll(magnitude, limit))
            {
                for (var lane = 0; lane < width; lane++)
                {
                    AddOne(magnitude[lane], max, counts);
                }
            }
            else if (Vector.EqualsAll(index, new Vector<int>(index[0])))
            {
                counts[index[0]] += width;
            }
            else
            {
                index.CopyTo(indices);
                for (var lane = 0; lane < indices.Length; lane += 2)
                {
                    counts[indices[lane]]++;
                    odd[indices[lane + 1]]++;
                }
            }
        }

        counts[0] += zeros;
        for (var bin = 0; bin < counts.Length && odd != counts; bin++)
        {
            counts[bin] += odd[bin];
        }

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

    /// <summary>The largest magnitude; infinity or NaN when the values hold any, NaN before infinity; 0 for none.</summary>
    public static float Maximum(ReadOnlySpan<float> values)
    {
        // Without their sign the bits of floats are ordered as the numbers are, infinity above them and NaN above infinity.
        var unsigned = new Vector<int>(int.MaxValue);
        var vectors = MemoryMarshal.Cast<float, Vector<int>>(values);
        var (even, odd) = (Vector<int>.Zero, Vector<int>.Zero);
        for (var index = 0; index + 1 < vectors.Length; index += 2)
        {
            even = Vector.Max(even, vectors[index] & unsigned);
            odd = Vector.Max(odd, vectors[index + 1] & unsigned);
        }

        even = Vector.Max(even, odd);
        var largest = 0;
        for (var lane = 0; lane < Vector<int>.Count; lane++)
        {
            largest = Math.Max(largest, even[lane]);
        }

        foreach (var value in values[(vectors.Length / 2 * 2 * Vector<int>.Count)..])
        {
            largest = Math.Max(largest, BitConverter.SingleToInt32Bits(value) & int.MaxValue);
        }

        return BitConverter.Int32BitsToSingle(largest);
    }

    private static void AddOne(float magnitude, float max, Span<long> counts)
    {
        if (magnitude <= max)
        {
            counts[Math.Min((int)(magnitude * counts.Length / max), counts.Length - 1)]++;
        }
    }
}
