namespace Deploy.Comparison;

/// <summary>Scored differences of one output: all frames together, frame by frame, and the worst cell.</summary>
internal sealed class DifferenceAccumulator(string statistic)
{
    private readonly StreamingQuantile all = new();
    private readonly List<FrameComparison> frames = [];
    private readonly List<float> frame = [];
    private double sum;
    private double max = double.NaN;
    private double frameSum;

    public WorstCell? Worst { get; private set; }

    public IReadOnlyList<FrameComparison> Frames => frames;

    public long Count => all.Count;

    public double? Max => Defined(max);

    public double? Mean => all.Count == 0 ? null : sum / all.Count;

    public double? P99 => Defined(all.Quantile(0.99));

    public double? P999 => Defined(all.Quantile(0.999));

    public double? Value => statistic switch { "mean" => Mean, "max" => Max, "p99_9" => P999, _ => P99 };

    public void Add(float difference, string token, int channel, int cell, int width, float reference, float candidate)
    {
        all.Add(difference);
        frame.Add(difference);
        sum += difference;
        frameSum += difference;
        if (!(difference <= max))
        {
            max = difference;
            Worst = new WorstCell(token, channel, cell / width, cell % width, reference, candidate, difference);
        }
    }

    public void EndFrame(string token)
    {
        frame.Sort();
        double? value = frame.Count == 0 ? null : statistic switch
        {
            "mean" => frameSum / frame.Count,
            "max" => frame[^1],
            "p99_9" => Quantile(0.999),
            _ => Quantile(0.99),
        };
        frames.Add(new FrameComparison(token, value, frame.Count == 0 ? null : frame[^1]));
        frame.Clear();
        frameSum = 0;
    }

    private double Quantile(double p)
    {
        var position = (frame.Count - 1) * p;
        var rank = (int)position;
        return frame[rank] + ((position - rank) * (frame[Math.Min(rank + 1, frame.Count - 1)] - frame[rank]));
    }

    private static double? Defined(double value) => double.IsNaN(value) ? null : value;
}
