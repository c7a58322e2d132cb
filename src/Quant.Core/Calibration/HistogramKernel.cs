using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Quant.Core.Calibration;

/// <summary>Counts |x| into equal bins of [0, max] with the index ⌊|x|·bins/max⌋ in float32, as <c>torch.histc</c> does; x = max falls into the last bin.</summary>
public static class HistogramKernel
{
    private const int Tables = 4;
    private const int Buffered = 256;

    /// <summary>Adds the values to the counts and finds the largest magnitude in the same pass over memory.</summary>
    /// <param name="values">Magnitudes above <paramref name="max"/>, infinities and NaN are left out.</param>
    /// <param name="max">Upper edge of the last bin, &gt; 0.</param>
    /// <param name="counts">One counter per bin.</param>
    /// <returns>As <see cref="Maximum"/>.</returns>
    public static float Add(ReadOnlySpan<float> values, float max, Span<long> counts)
    {
        if (values.Length < Tables * counts.Length)
        {
            AddScalar(values, max, counts);
            return Maximum(values);
        }

        var width = Vector<float>.Count;
        var (bins, limit, last, unsigned) = (new Vector<float>(counts.Length), new Vector<float>(max), new Vector<int>(counts.Length - 1), new Vector<int>(int.MaxValue));
        // Neighbours often fall into one bin: with a table for each of four lanes no increment waits for the one before it.
        var tables = new uint[Tables * counts.Length];
        // Indices wait in a buffer: reading one right after the vector it was stored with would stall.
        Span<int> buffer = stackalloc int[Buffered];
        ref var waiting = ref MemoryMarshal.GetReference(buffer);
        var filled = 0;
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var largest = Vector<int>.Zero;
        long zeros = 0;
        foreach (var vector in vectors)
        {
            // Zero and the constants of empty regions dominate BEV maps: equal neighbours are counted at once.
            if (Vector.EqualsAll(vector, Vector<float>.Zero))
            {
                zeros += width;
                continue;
            }

            var bits = Vector.AsVectorInt32(vector) & unsigned;
            largest = Vector.Max(largest, bits);
            var magnitude = Vector.AsVectorSingle(bits);
            if (!Vector.LessThanAll(magnitude, limit))
            {
                for (var lane = 0; lane < width; lane++)
                {
                    AddOne(magnitude[lane], max, counts);
                }

                continue;
            }

            // Just below max the quotient may round up to the number of bins.
            var index = Vector.Min(Vector.ConvertToInt32(magnitude * bins / limit), last);
            if (Vector.EqualsAll(index, new Vector<int>(index[0])))
            {
                tables[index[0]] += (uint)width;
                continue;
            }

            index.StoreUnsafe(ref waiting, (nuint)filled);
            filled += width;
            if (filled == Buffered)
            {
                Count(buffer, tables, counts.Length);
                filled = 0;
            }
        }

        Count(buffer[..filled], tables, counts.Length);
        counts[0] += zeros;
        for (var bin = 0; bin < counts.Length; bin++)
        {
            counts[bin] += (long)tables[bin] + tables[bin + counts.Length] + tables[bin + (2 * counts.Length)] + tables[bin + (3 * counts.Length)];
        }

        var rest = values[(vectors.Length * width)..];
        AddScalar(rest, max, counts);
        return BitConverter.Int32BitsToSingle(Math.Max(Largest(largest), BitConverter.SingleToInt32Bits(Maximum(rest))));
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

        var largest = Largest(Vector.Max(even, odd));
        foreach (var value in values[(vectors.Length / 2 * 2 * Vector<int>.Count)..])
        {
            largest = Math.Max(largest, BitConverter.SingleToInt32Bits(value) & int.MaxValue);
        }

        return BitConverter.Int32BitsToSingle(largest);
    }

    /// <summary>Indices, a multiple of four of them, that are all below <paramref name="bins"/>.</summary>
    private static void Count(ReadOnlySpan<int> indices, uint[] tables, int bins)
    {
        ref var first = ref MemoryMarshal.GetArrayDataReference(tables);
        ref var second = ref Unsafe.Add(ref first, bins);
        ref var third = ref Unsafe.Add(ref second, bins);
        ref var fourth = ref Unsafe.Add(ref third, bins);
        ref var index = ref MemoryMarshal.GetReference(indices);
        for (var at = 0; at < indices.Length; at += Tables)
        {
            Unsafe.Add(ref first, (nint)(uint)Unsafe.Add(ref index, at))++;
            Unsafe.Add(ref second, (nint)(uint)Unsafe.Add(ref index, at + 1))++;
            Unsafe.Add(ref third, (nint)(uint)Unsafe.Add(ref index, at + 2))++;
            Unsafe.Add(ref fourth, (nint)(uint)Unsafe.Add(ref index, at + 3))++;
        }
    }

    private static int Largest(Vector<int> values)
    {
        var largest = 0;
        for (var lane = 0; lane < Vector<int>.Count; lane++)
        {
            largest = Math.Max(largest, values[lane]);
        }

        return largest;
    }

    private static void AddOne(float magnitude, float max, Span<long> counts)
    {
        if (magnitude <= max)
        {
            counts[Math.Min((int)(magnitude * counts.Length / max), counts.Length - 1)]++;
        }
    }
}
