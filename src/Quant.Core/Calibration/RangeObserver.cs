using Quant.Core.Models;
using Quant.Core.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Calibration;

/// <summary>Sees one tensor in every frame and keeps its largest magnitude and, when asked for, a histogram.</summary>
public sealed class RangeObserver
{
    /// <summary>Above this many bins neighbours are merged, so that a tiny first batch cannot exhaust the memory.</summary>
    public const int MaximumBins = 1 << 20;

    private readonly int firstBins;
    private long[]? counts;
    private float top;
    private float width;
    private long zerosBefore;

    /// <summary>A maximum alone (0 bins), or with a histogram.</summary>
    /// <param name="bins">Bins of the first range.</param>
    /// <param name="fixedMaximum">A range known beforehand (two_pass), so that counts do not depend on the order of frames; null grows (compat).</param>
    public RangeObserver(int bins, float? fixedMaximum = null)
    {
        firstBins = bins;
        if (fixedMaximum is > 0 && fixedMaximum.Value / bins > 0)
        {
            Start(fixedMaximum.Value);
        }
    }

    /// <summary>max |x| so far; NaN or infinity when the tensor held any.</summary>
    public float Maximum { get; private set; }

    /// <summary>Values seen.</summary>
    public long Count { get; private set; }

    /// <summary>How often neighbouring bins were merged because of <see cref="MaximumBins"/>.</summary>
    public int Rebinned { get; private set; }

    /// <summary>The counts, or null before a value other than zero was seen.</summary>
    public Histogram? Histogram => counts is null ? null : new Histogram((long[])counts.Clone(), width);

    /// <summary>Magnitudes above this count as broken: their histogram index would overflow float32.</summary>
    public const float Largest = 1e30f;

    /// <summary>Takes in one tensor of any shape on any device.</summary>
    /// <param name="tensor">An empty one changes nothing.</param>
    /// <param name="times">How often each value counts.</param>
    public void Observe(Tensor tensor, int times = 1)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.numel() == 0)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        // On the CPU the kernels take magnitudes themselves: no copy of the tensor is made.
        var onCpu = tensor.device_type == DeviceType.CPU;
        var magnitude = onCpu ? tensor.detach().to(float32).contiguous().flatten() : tensor.detach().abs().to(float32);
        var counted = onCpu && counts is not null ? Counted(magnitude) : null;
        var maximum = counted?.Maximum ?? (onCpu ? MaximumOnCpu(magnitude) : (float)magnitude.max().Number());
        Count += magnitude.numel() * times;
        Maximum = float.IsNaN(maximum) ? maximum : Math.Max(Maximum, maximum);
        if (firstBins == 0 || !(maximum <= Largest))
        {
            return;
        }

        if (counts is null)
        {
            if (maximum / firstBins == 0)
            {
                // Nothing fixes a width yet, or it underflows (growing bins of width 0 never ends): counted as zeros when something does.
                zerosBefore += magnitude.numel() * times;
                return;
            }

            Start(maximum);
        }
        else if (maximum > top)
        {
            // What was counted lies in bins of the old range.
            counted = null;
            Grow(maximum);
        }

        if (onCpu)
        {
            Array.ForEach((counted ?? Counted(magnitude)).Tables, table => AddCounts(table, times));
        }
        else
        {
            AddCounts(DeviceHistogram.Counts(magnitude, counts!.Length, top), times);
        }
    }

    private static float MaximumOnCpu(Tensor values)
    {
        var maxima = new float[TensorParts.Count(values.numel())];
        TensorParts.Run(values, (part, start, length) => maxima[part] = HistogramKernel.Maximum(TensorMemory.Span(values).Slice(start, length)));
        return LargestOf(maxima);
    }

    private static float LargestOf(float[] maxima) => Array.Exists(maxima, float.IsNaN) ? float.NaN : maxima.Max();

    private void Start(float maximum)
    {
        counts = new long[firstBins];
        (top, width) = (maximum, maximum / firstBins);
        counts[0] = zerosBefore;
    }

    /// <summary>pytorch-quantization: ⌈max/width⌉ bins of the same width.</summary>
    private void Grow(float maximum)
    {
        while (Math.Ceiling(maximum / width) > MaximumBins)
        {
            counts = [.. counts!.Chunk(2).Select(pair => pair.Sum())];
            width *= 2;
            Rebinned++;
        }

        var needed = Math.Max(counts!.Length, (int)Math.Ceiling(maximum / width));
        Array.Resize(ref counts, needed);
        top = (float)(needed * (double)width);
    }

    /// <summary>Counts by part, and the largest magnitude, in one pass over memory.</summary>
    private CountedParts Counted(Tensor values)
    {
        var tables = new long[TensorParts.Count(values.numel())][];
        var maxima = new float[tables.Length];
        TensorParts.Run(values, (part, start, length) =>
        {
            tables[part] = new long[counts!.Length];
            maxima[part] = HistogramKernel.Add(TensorMemory.Span(values).Slice(start, length), top, tables[part]);
        });
        return new CountedParts(tables, LargestOf(maxima));
    }

    private void AddCounts(long[] batch, int times)
    {
        for (var bin = 0; bin < batch.Length; bin++)
        {
            counts![bin] += times * batch[bin];
        }
    }

    private sealed record CountedParts(long[][] Tables, float Maximum);
}
