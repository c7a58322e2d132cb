namespace Deploy.Evaluation;

/// <summary>
/// The precision curve of T4MetricV2: precision is replaced by its running maximum from the right before it is read at recall
/// 0, 0.01 … 1. Between two matches that maximum is constant, so only the points just after each match are kept.
/// </summary>
internal sealed class EnvelopeCurve
{
    private double[] recall = new double[256];
    private double[] envelope = new double[256];

    /// <summary>AP at distance <paramref name="t"/>; NaN without objects and detections.</summary>
    /// <param name="matches">One class.</param>
    /// <param name="weights">Copies of each frame; null is one each.</param>
    /// <param name="t">Index of the distance.</param>
    /// <param name="heading">True for APH: a match counts 1 − heading error / π.</param>
    /// <param name="options">Minimum recall and precision.</param>
    public double AveragePrecision(ClassMatches matches, byte[]? weights, int t, bool heading, MetricOptions options)
    {
        var objects = matches.CountTruth(weights);
        var events = 0;
        double hits = 0;
        int falsePositives = 0, seen = 0;
        for (var i = 0; i < matches.Hits.Length; i++)
        {
            var weight = weights is null ? 1 : weights[matches.Frames[i]];
            seen += weight;
            if ((matches.Hits[i] >> t & 1) == 0)
            {
                falsePositives += weight;
                continue;
            }

            var value = heading ? matches.Headings[(matches.Rows[i] * MatchRules.Distances.Count) + t] : 1;
            for (var copy = 0; copy < weight; copy++)
            {
                hits += value;
                Keep(events++, objects == 0 ? 0 : hits / objects, hits + falsePositives == 0 ? 0 : hits / (hits + falsePositives));
            }
        }

        if (objects == 0 && seen == 0)
        {
            return double.NaN;
        }

        if (events == 0)
        {
            return 0;
        }

        var end = hits + falsePositives == 0 ? 0 : hits / (hits + falsePositives);
        for (var e = events - 2; e >= 0; e--)
        {
            envelope[e] = Math.Max(envelope[e], envelope[e + 1]);
        }

        return Average(events, end, options);
    }

    private double Average(int events, double end, MetricOptions options)
    {
        var first = PrecisionCurve.FirstPoint(options.MinRecall);
        var sum = 0.0;
        var e = 0;
        for (var i = first; i < PrecisionCurve.Points; i++)
        {
            var x = PrecisionCurve.Recall(i);
            while (e < events && recall[e] <= x)
            {
                e++;
            }

            var precision = e < events ? envelope[e] : x == recall[events - 1] ? end : 0;
            sum += Math.Max(0, precision - options.MinPrecision);
        }

        return first >= PrecisionCurve.Points ? 0 : sum / (PrecisionCurve.Points - first) / (1 - options.MinPrecision);
    }

    private void Keep(int index, double recallAfter, double precisionAfter)
    {
        if (index == recall.Length)
        {
            Array.Resize(ref recall, index * 2);
            Array.Resize(ref envelope, index * 2);
        }

        recall[index] = recallAfter;
        envelope[index] = precisionAfter;
    }
}
