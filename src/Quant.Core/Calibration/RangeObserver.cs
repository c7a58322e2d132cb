using Quant.Core.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Calibration;

/// <summary>Sees one tensor in every frame and keeps its largest magnitude and, when asked for, a histogram.</summary>
public sealed class RangeObserver
{
    /// <summary>Above this many bins neighbours are merged, so that a tiny first batch cannot exhaust the memory.</summary>
    public const int MaximumBins = 1 << 20;

    private readonly int bins;
    private long[]? counts;
    private float top;
    private float width;
    private long zerosBefore;

    /// <summary>A maximum alone (0 bins), or with a histogram.</summary>
    /// <param name="bins">Bins of the first range.</param>
    /// <param name="fixedMaximum">A range known beforehand (two_pass), so that counts do not depend on the order of frames; null grows (compat).</param>
    public RangeObserver(int bins, float? fixedMaximum = null)
    {
        this.bins = bins;
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

    /// <summary>Takes in one tensor of any shape on any device.</summary>
    public void Observe(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var magnitude = tensor.detach().abs().to(float32).contiguous().flatten();
        var maximum = magnitude.max().ToSingle();
        Count += magnitude.numel();
        Maximum = float.IsNaN(maximum) ? maximum : Math.Max(Maximum, maximum);
        if (bins == 0 || !float.IsFinite(maximum))
        {
            return;
        }

        if (counts is null)
        {
            if (maximum / bins == 0)
            {
                // Nothing fixes a width yet, or it underflows (growing bins of width 0 never ends): counted as zeros when something does.
                zerosBefore += magnitude.numel();
                return;
            }

            Start(maximum);
        }
        else if (maximum > top)
        {
            Grow(maximum);
        }

        Add(magnitude);
    }

    private void Start(float maximum)
    {
        counts = new long[bins];
        (top, width) = (maximum, maximum / bins);
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

    private void Add(Tensor magnitude)
    {
        if (magnitude.device_type == DeviceType.CPU)
        {
            HistogramKernel.Add(TensorMemory.Span(magnitude), top, counts);
            return;
        }

        // On a GPU the counting stays there: only the counts come back.
        var index = (magnitude * counts!.Length / top).to(int64).clamp_(0, counts.Length - 1);
        var batch = bincount(index, minlength: counts.Length).cpu().data<long>();
        for (var bin = 0; bin < counts.Length; bin++)
        {
            counts[bin] += batch[bin];
        }
    }
}
