namespace Quant.Core.Calibration;

/// <summary>Counts of |x| in equal bins from 0; bin i covers [i·Width, (i+1)·Width).</summary>
/// <param name="Counts">Exact 64-bit counts.</param>
/// <param name="Width">Width of a bin, &gt; 0.</param>
public sealed record Histogram(long[] Counts, double Width)
{
    /// <summary>Lower edge of a bin, or the upper edge of the last.</summary>
    public float Edge(int bin) => (float)(bin * Width);

    /// <summary>Centre of a bin.</summary>
    public float Center(int bin) => (float)((bin + 0.5) * Width);

    /// <summary>All values counted.</summary>
    public long Total => Counts.Sum();
}
