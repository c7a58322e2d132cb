namespace Deploy.Evaluation;

/// <summary>
/// The nuScenes precision curve of one class (devkit, <c>accumulate</c> and <c>calc_ap</c>): cumulative precision and confidence
/// interpolated at recall 0, 0.01 … 1, zero beyond the reached recall, no envelope. A frame weight k acts as k copies of the frame.
/// </summary>
internal sealed class PrecisionCurve
{
    /// <summary>Recall points.</summary>
    public const int Points = 101;

    private static readonly int Distances = MatchRules.Distances.Count;

    private readonly double[][] precision = [.. Enumerable.Range(0, MatchRules.Distances.Count).Select(_ => new double[Points])];
    private readonly double[] confidence = new double[Points];
    private readonly int[] hits = new int[Distances];
    private readonly int[] next = new int[Distances];

    /// <summary>Confidence at the recall points for matches at the true-positive distance.</summary>
    public ReadOnlySpan<double> Confidence => confidence;

    /// <summary>True when a detection matched at the true-positive distance.</summary>
    public bool HasMatches => hits[MatchRules.ErrorDistance] > 0;

    /// <summary>Recall at point <paramref name="index"/>, as <c>numpy.linspace(0, 1, 101)</c> gives it.</summary>
    public static double Recall(int index) => index == Points - 1 ? 1 : index * 0.01;

    /// <summary>Runs over the detections once, all distances together; <paramref name="errors"/> also collects the match errors when given.</summary>
    public void Accumulate(ClassMatches matches, byte[]? weights, TruePositiveErrors? errors)
    {
        Array.Clear(hits);
        Array.Clear(next);
        Array.Clear(confidence);
        foreach (var row in precision)
        {
            Array.Clear(row);
        }

        errors?.Clear();
        var objects = matches.CountTruth(weights);
        if (objects == 0)
        {
            return;
        }

        var seen = 0;
        float last = 0;
        for (var i = 0; i < matches.Hits.Length; i++)
        {
            var weight = weights is null ? 1 : weights[matches.Frames[i]];
            if (weight == 0)
            {
                continue;
            }

            var mask = matches.Hits[i];
            var score = matches.Scores[i];
            if (mask != 0)
            {
                for (var t = 0; t < Distances; t++)
                {
                    if ((mask >> t & 1) != 0)
                    {
                        AddHits(t, weight, seen, objects, score, last);
                    }
                }

                if (errors is not null && (mask >> MatchRules.ErrorDistance & 1) != 0)
                {
                    errors.Add(matches, i, weight);
                }
            }

            seen += weight;
            last = score;
        }

        for (var t = 0; t < Distances; t++)
        {
            Finish(t, seen, objects, last);
        }
    }

    /// <summary>Mean of max(0, precision − minimum) above the minimum recall, over 1 − minimum.</summary>
    public double AveragePrecision(int distance, double minRecall, double minPrecision)
    {
        var first = FirstPoint(minRecall);
        var sum = 0.0;
        for (var i = first; i < Points; i++)
        {
            sum += Math.Max(0, precision[distance][i] - minPrecision);
        }

        return first >= Points ? 0 : sum / (Points - first) / (1 - minPrecision);
    }

    /// <summary>The first recall point that counts: the one after the minimum.</summary>
    public static int FirstPoint(double minRecall) => (int)Math.Round(100 * minRecall, MidpointRounding.ToEven) + 1;

    private void AddHits(int t, int weight, int seen, int objects, float score, float last)
    {
        for (var copy = 0; copy < weight; copy++, seen++)
        {
            var reached = (double)(hits[t] + 1) / objects;
            while (next[t] < Points && Recall(next[t]) < reached)
            {
                var at = next[t]++;
                var x = Recall(at);
                var start = (double)hits[t] / objects;
                var previousScore = copy == 0 ? last : score;
                precision[t][at] = seen == 0
                    ? 1
                    : Interpolation.Between(x, start, (double)hits[t] / seen, reached, (double)(hits[t] + 1) / (seen + 1));
                if (t == MatchRules.ErrorDistance)
                {
                    confidence[at] = seen == 0 ? score : Interpolation.Between(x, start, previousScore, reached, score);
                }
            }

            hits[t]++;
        }
    }

    private void Finish(int t, int seen, int objects, float last)
    {
        if (hits[t] == 0)
        {
            // No match at all counts as no predictions.
            Array.Clear(precision[t]);
            return;
        }

        var reached = (double)hits[t] / objects;
        for (; next[t] < Points && Recall(next[t]) <= reached; next[t]++)
        {
            precision[t][next[t]] = (double)hits[t] / seen;
            if (t == MatchRules.ErrorDistance)
            {
                confidence[next[t]] = last;
            }
        }
    }
}
