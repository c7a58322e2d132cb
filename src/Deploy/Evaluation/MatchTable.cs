using Deploy.Datasets;

namespace Deploy.Evaluation;

/// <summary>
/// Greedy matching, frame by frame: detections of a class by descending score each take the nearest object of the class that is still
/// free at that distance threshold, when it is strictly nearer than the threshold (nuScenes devkit, <c>detection/algo.py</c>). The cost is
/// linear in the frames: detections × objects of one class inside a frame.
/// </summary>
internal static class MatchTable
{
    public static ClassMatches[] Build(IReadOnlyList<FrameResult> frames, MetricOptions options, MatchRules rules)
    {
        var classes = options.ClassNames.Count;
        var builders = new ClassMatchesBuilder[classes];
        var detections = new List<int>[classes];
        var truths = new List<int>[classes];
        for (var c = 0; c < classes; c++)
        {
            builders[c] = new ClassMatchesBuilder(frames.Count);
            detections[c] = [];
            truths[c] = [];
        }

        for (var f = 0; f < frames.Count; f++)
        {
            Split(frames[f], rules, detections, truths);
            for (var c = 0; c < classes; c++)
            {
                MatchFrame(f, frames[f], rules, rules.HeadingPeriod(c), detections[c], truths[c], builders[c]);
            }
        }

        return Array.ConvertAll(builders, builder => builder.Build());
    }

    private static void Split(FrameResult frame, MatchRules rules, List<int>[] detections, List<int>[] truths)
    {
        for (var c = 0; c < detections.Length; c++)
        {
            detections[c].Clear();
            truths[c].Clear();
        }

        for (var i = 0; i < frame.Detections.Count; i++)
        {
            var detection = frame.Detections[i];
            if (rules.Includes(frame, detection.Label, detection.Box))
            {
                detections[detection.Label].Add(i);
            }
        }

        for (var i = 0; i < frame.Truth.Count; i++)
        {
            var truth = frame.Truth[i];
            if (rules.IncludesTruth(truth) && rules.Includes(frame, truth.Label, truth.Box))
            {
                truths[truth.Label].Add(i);
            }
        }
    }

    private static void MatchFrame(
        int index, FrameResult frame, MatchRules rules, double headingPeriod, List<int> detections, List<int> truths, ClassMatchesBuilder builder)
    {
        builder.AddTruth(index, truths.Count);
        if (detections.Count == 0)
        {
            return;
        }

        var first = builder.AddDetections(index, frame, detections);
        if (truths.Count == 0)
        {
            return;
        }

        var order = Order(frame, detections, rules.LaterFirst);
        var taken = new byte[truths.Count];
        var distances = new double[truths.Count];
        foreach (var d in order)
        {
            var box = frame.Detections[detections[d]].Box;
            for (var t = 0; t < truths.Count; t++)
            {
                var truth = frame.Truth[truths[t]].Box;
                double dx = box.X - truth.X, dy = box.Y - truth.Y;
                distances[t] = Math.Sqrt((dx * dx) + (dy * dy));
            }

            for (var threshold = 0; threshold < MatchRules.Distances.Count; threshold++)
            {
                var nearest = Nearest(distances, taken, 1 << threshold);
                if (nearest >= 0 && distances[nearest] < MatchRules.Distances[threshold])
                {
                    taken[nearest] |= (byte)(1 << threshold);
                    builder.AddMatch(first + d, threshold, frame, detections[d], frame.Truth[truths[nearest]], distances[nearest], headingPeriod);
                }
            }
        }
    }

    private static int Nearest(double[] distances, byte[] taken, int bit)
    {
        var nearest = -1;
        var smallest = double.PositiveInfinity;
        for (var t = 0; t < distances.Length; t++)
        {
            if ((taken[t] & bit) == 0 && distances[t] < smallest)
            {
                smallest = distances[t];
                nearest = t;
            }
        }

        return nearest;
    }

    private static int[] Order(FrameResult frame, List<int> detections, bool laterFirst)
    {
        var order = new int[detections.Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (a, b) =>
        {
            var byScore = frame.Detections[detections[b]].Score.CompareTo(frame.Detections[detections[a]].Score);
            return byScore != 0 ? byScore : laterFirst ? b.CompareTo(a) : a.CompareTo(b);
        });
        return order;
    }
}
