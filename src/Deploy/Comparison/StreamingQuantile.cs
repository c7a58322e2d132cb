namespace Deploy.Comparison;

/// <summary>
/// Quantiles of a stream of non-negative numbers in bounded memory. Up to <see cref="ExactLimit"/> values are kept and the answer is
/// exact; beyond, values are counted in bins of width 2^-20 below 1 and of relative width 2^-20 above, so that a quantile is off by at
/// most 2^-21 (4.8e-7), absolute below 1 and relative above. Bins are allocated per octave, 8 MiB each.
/// </summary>
/// <remarks>A quantile is interpolated linearly between ranks at position (n − 1)·p, NumPy's and PyTorch's default.</remarks>
public sealed class StreamingQuantile
{
    /// <summary>Values that are kept exactly: 16 MiB.</summary>
    public const int ExactLimit = 1 << 22;

    private const int BinBits = 20;
    private readonly int limit;
    private readonly List<float> values = [];
    private readonly SortedDictionary<int, long[]> octaves = [];
    private bool sorted;

    /// <summary>A stream with the default exact limit.</summary>
    public StreamingQuantile()
        : this(ExactLimit)
    {
    }

    /// <summary>A stream that keeps at most <paramref name="exactLimit"/> values.</summary>
    public StreamingQuantile(int exactLimit) => limit = exactLimit;

    /// <summary>Values so far.</summary>
    public long Count { get; private set; }

    /// <summary>True while answers are exact.</summary>
    public bool IsExact => octaves.Count == 0;

    /// <summary>Adds a finite number of at least 0.</summary>
    public void Add(float value)
    {
        Count++;
        if (IsExact && values.Count < limit)
        {
            values.Add(value);
            sorted = false;
            return;
        }

        foreach (var kept in values)
        {
            CountIn(kept);
        }

        values.Clear();
        values.TrimExcess();
        CountIn(value);
    }

    /// <summary>The quantile <paramref name="p"/> in [0, 1]; NaN without values.</summary>
    public double Quantile(double p)
    {
        if (Count == 0)
        {
            return double.NaN;
        }

        var position = (Count - 1) * p;
        var rank = (long)Math.Floor(position);
        var low = At(rank);
        return low + ((position - rank) * (At(Math.Min(rank + 1, Count - 1)) - low));
    }

    private double At(long rank)
    {
        if (IsExact)
        {
            if (!sorted)
            {
                values.Sort();
                sorted = true;
            }

            return values[(int)rank];
        }

        foreach (var (octave, counts) in octaves)
        {
            for (var bin = 0; bin < counts.Length; bin++)
            {
                rank -= counts[bin];
                if (rank < 0)
                {
                    var fraction = (bin + 0.5) / (1 << BinBits);
                    return octave < 0 ? fraction : Math.ScaleB(1 + fraction, octave);
                }
            }
        }

        throw new InvalidOperationException("rank beyond the count");
    }

    private void CountIn(float value)
    {
        // Octave −1 is [0, 1), octave e is [2^e, 2^(e+1)).
        var octave = value < 1 ? -1 : Math.ILogB(value);
        var fraction = octave < 0 ? value : Math.ScaleB((double)value, -octave) - 1;
        if (!octaves.TryGetValue(octave, out var counts))
        {
            octaves[octave] = counts = new long[1 << BinBits];
        }

        counts[(int)(fraction * (1 << BinBits))]++;
    }
}
