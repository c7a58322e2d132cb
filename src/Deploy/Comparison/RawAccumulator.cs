namespace Deploy.Comparison;

/// <summary>Sums over every raw value of an output.</summary>
internal sealed class RawAccumulator
{
    private double cross;
    private double reference;
    private double candidate;
    private double noise;

    public double MaxAbs { get; private set; }

    public double? Cosine => reference > 0 && candidate > 0 ? cross / (Math.Sqrt(reference) * Math.Sqrt(candidate)) : null;

    public double? SqnrDb => reference > 0 && noise > 0 ? 10 * Math.Log10(reference / noise) : null;

    public void Add(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        for (var i = 0; i < a.Length; i++)
        {
            double x = a[i], y = b[i];
            var difference = Math.Abs(x - y);
            cross += x * y;
            reference += x * x;
            candidate += y * y;
            noise += difference * difference;
            MaxAbs = Math.Max(MaxAbs, difference);
        }
    }
}
