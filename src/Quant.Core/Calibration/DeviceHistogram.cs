using System.Numerics;
using Quant.Core.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Calibration;

/// <summary>Counts as <see cref="HistogramKernel"/> does, to the bin, with tensor operations: on a GPU the values stay there and only counts come back.</summary>
public static class DeviceHistogram
{
    /// <summary>Counts of magnitudes in equal bins of [0, max].</summary>
    /// <param name="magnitudes">Of any shape, 0…max.</param>
    /// <param name="bins">Number of bins.</param>
    /// <param name="max">Upper edge of the last bin, &gt; 0.</param>
    public static long[] Counts(Tensor magnitudes, int bins, float max)
    {
        ArgumentNullException.ThrowIfNull(magnitudes);
        using var scope = NewDisposeScope();
        // Threads that count into one bin wait for each other, and neighbours in a map's row are equal where it is empty: neighbours here are different channels.
        var values = (magnitudes.dim() == 4 ? magnitudes.permute(0, 2, 3, 1) : magnitudes).reshape(-1);
        // histc takes whole numbers as limits. Scaling by a power of two is exact, so with that many slots a value falls into the slot of its whole part.
        var slots = (int)BitOperations.RoundUpToPowerOf2((uint)bins);
        using var total = zeros(slots, dtype: int64, device: values.device);
        // Parts of 2²⁴ values keep histc's float32 counters exact.
        foreach (var part in values.split(1L << 24))
        {
            using var inner = NewDisposeScope();
            // Zeros, often more than half, become negative, which histc leaves out; larger values lose nothing to 1e-20.
            total.PlusInPlace(part.Times((double)bins).OverInPlace(max).PlusInPlace(-1e-20).histc(slots, 0, slots).to(int64));
        }

        var all = total.cpu().data<long>().ToArray();
        var counts = all[..bins];
        counts[0] += values.numel() - all.Sum();
        if (slots > bins)
        {
            counts[^1] += all[bins];
        }

        return counts;
    }
}
