namespace Deploy.Evaluation;

/// <summary>Medians of many weightings of the same samples, sorted once.</summary>
internal sealed class WeightedMedian
{
    private readonly double[] sorted;
    private readonly int[] order;

    public WeightedMedian(IReadOnlyList<double> samples)
    {
        sorted = [.. samples];
        order = [.. Enumerable.Range(0, samples.Count)];
        Array.Sort(sorted, order);
    }

    /// <summary>The median when sample i occurs <paramref name="weights"/>[i] times; the mean of the middle two for an even count.</summary>
    public double Of(ReadOnlySpan<int> weights)
    {
        var total = 0;
        foreach (var weight in weights)
        {
            total += weight;
        }

        return (At(weights, (total - 1) / 2) + At(weights, total / 2)) / 2;
    }

    private double At(ReadOnlySpan<int> weights, int rank)
    {
        var index = 0;
        for (var passed = weights[order[0]]; passed <= rank; passed += weights[order[index]])
        {
            index++;
        }

        return sorted[index];
    }
}
