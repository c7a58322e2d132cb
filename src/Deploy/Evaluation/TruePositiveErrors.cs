namespace Deploy.Evaluation;

/// <summary>
/// Errors of the matches at 2 m (nuScenes devkit, <c>accumulate</c> and <c>calc_tp</c>): the mean over all matches down to a confidence,
/// read at the confidences of the recall points and averaged from above the minimum recall to the reached recall.
/// </summary>
internal sealed class TruePositiveErrors
{
    private const int Metrics = ClassMatches.ErrorCount;
    private readonly double[] sum = new double[Metrics];
    private readonly int[] valid = new int[Metrics];
    private float[] scores = new float[256];
    private double[] means = new double[256 * Metrics];
    private int count;

    public void Clear()
    {
        count = 0;
        Array.Clear(sum);
        Array.Clear(valid);
    }

    /// <summary>Adds a match <paramref name="weight"/> times.</summary>
    public void Add(ClassMatches matches, int detection, int weight)
    {
        var row = matches.Rows[detection] * Metrics;
        for (var copy = 0; copy < weight; copy++)
        {
            if (count == scores.Length)
            {
                Array.Resize(ref scores, count * 2);
                Array.Resize(ref means, count * 2 * Metrics);
            }

            scores[count] = matches.Scores[detection];
            for (var m = 0; m < Metrics; m++)
            {
                var error = matches.Errors[row + m];
                if (!double.IsNaN(error))
                {
                    sum[m] += error;
                    valid[m]++;
                }

                // The devkit's cumulative mean starts at 0 while every error so far is NaN.
                means[(count * Metrics) + m] = valid[m] == 0 ? 0 : sum[m] / valid[m];
            }

            count++;
        }
    }

    /// <summary>The error <paramref name="metric"/> (0 translation … 4 attribute); 1 when nothing can be averaged.</summary>
    public double Mean(int metric, PrecisionCurve curve, double minRecall)
    {
        if (!curve.HasMatches || valid[metric] == 0)
        {
            return 1;
        }

        var first = PrecisionCurve.FirstPoint(minRecall);
        var last = PrecisionCurve.Points - 1;
        while (last > 0 && curve.Confidence[last] == 0)
        {
            last--;
        }

        if (last < first)
        {
            return 1;
        }

        var total = 0.0;
        for (var i = first; i <= last; i++)
        {
            total += Interpolation.At(
                curve.Confidence[i], count, k => scores[count - 1 - k], k => means[((count - 1 - k) * Metrics) + metric]);
        }

        return total / (last - first + 1);
    }
}
