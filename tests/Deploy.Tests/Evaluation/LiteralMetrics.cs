using Deploy.Evaluation;
using Quant.Core.Models;

namespace Deploy.Tests.Evaluation;

/// <summary>
/// The definitions written down as they read, without regard to cost: one list, one sort, NumPy's interpolation by search. Used to check
/// the product on random cases.
/// </summary>
internal static class LiteralMetrics
{
    private static readonly double[] Distances = [0.5, 1, 2, 4];

    /// <summary>nuScenes: mAP and the five mean errors without ranges; velocity known, no attributes.</summary>
    public static (double Map, double[] Errors) NuScenes(IReadOnlyList<FrameResult> frames, int classes)
    {
        var aps = new List<double>();
        var errors = new double[4];
        for (var c = 0; c < classes; c++)
        {
            foreach (var distance in Distances)
            {
                var (hits, confidences, matched) = Match(frames, c, distance, laterFirst: true, point => point != 0);
                var objects = frames.Sum(frame => frame.Truth.Count(truth => truth.Label == c && truth.PointCount != 0));
                if (objects == 0 || matched.Count == 0)
                {
                    aps.Add(0);
                    for (var e = 0; e < 4 && distance == 2; e++)
                    {
                        errors[e] += 1.0 / classes;
                    }

                    continue;
                }

                var (precision, recall) = Curve(hits, objects);
                var grid = Enumerable.Range(0, 101).Select(i => i == 100 ? 1 : i * 0.01).ToArray();
                var at = grid.Select(x => x > recall[^1] ? 0 : Interp(x, recall, precision)).ToArray();
                aps.Add(at.Skip(11).Average(p => Math.Max(0, p - 0.1)) / 0.9);
                if (distance != 2)
                {
                    continue;
                }

                var confidence = grid.Select(x => x > recall[^1] ? 0 : Interp(x, recall, confidences)).ToArray();
                var last = Array.FindLastIndex(confidence, value => value != 0);
                for (var e = 0; e < 4; e++)
                {
                    var means = matched.Select((_, n) => matched.Take(n + 1).Average(match => match.Errors[e])).Reverse().ToArray();
                    var scores = matched.Select(match => match.Score).Reverse().ToArray();
                    errors[e] += (last < 11 ? 1 : confidence[11..(last + 1)].Average(x => Interp(x, scores, means))) / classes;
                }
            }
        }

        return (aps.Average(), errors);
    }

    /// <summary>T4MetricV2 over 0–121 m: mAP with the envelope, NaN classes left out.</summary>
    public static double T4(IReadOnlyList<FrameResult> frames, int classes)
    {
        static bool Near(Box3D box) => Math.Sqrt((box.X * box.X) + (box.Y * box.Y)) < 121;
        frames = [.. frames.Select(frame => frame with { Truth = [.. frame.Truth.Where(truth => Near(truth.Box))], Detections = [.. frame.Detections.Where(found => Near(found.Box))] })];
        var means = new List<double>();
        for (var c = 0; c < classes; c++)
        {
            var objects = frames.Sum(frame => frame.Truth.Count(truth => truth.Label == c));
            if (objects == 0 && !frames.Any(frame => frame.Detections.Any(found => found.Label == c)))
            {
                continue;
            }

            means.Add(Distances.Average(distance =>
            {
                var (hits, _, _) = Match(frames, c, distance, laterFirst: false, _ => true);
                if (hits.Count == 0 || objects == 0)
                {
                    return 0;
                }

                var (precision, recall) = Curve(hits, objects);
                var envelope = precision.Select((_, i) => precision[i..].Max()).ToArray();
                return Enumerable.Range(11, 90).Average(i => (i == 100 ? 1 : i * 0.01) is var x && x > recall[^1] ? 0 : Math.Max(0, Interp(x, recall, envelope) - 0.1)) / 0.9;
            }));
        }

        return means.Count == 0 ? double.NaN : means.Average();
    }

    private static (List<bool> Hits, double[] Scores, List<(double Score, double[] Errors)> Matched) Match(
        IReadOnlyList<FrameResult> frames, int label, double distance, bool laterFirst, Func<int, bool> counts)
    {
        var all = frames.SelectMany((frame, f) => frame.Detections.Where(found => found.Label == label).Select(found => (Frame: f, Found: found))).ToArray();
        var curve = Enumerable.Range(0, all.Length).OrderByDescending(i => all[i].Found.Score).ThenByDescending(i => i).ToArray();
        var choosing = laterFirst ? curve : [.. Enumerable.Range(0, all.Length).OrderByDescending(i => all[i].Found.Score).ThenBy(i => i)];
        var taken = new HashSet<(int, int)>();
        var match = new Dictionary<int, (int Truth, double Distance)>();
        foreach (var i in choosing)
        {
            var (f, found) = all[i];
            var free = frames[f].Truth.Select((truth, t) => (truth, t))
                .Where(pair => pair.truth.Label == label && counts(pair.truth.PointCount) && !taken.Contains((f, pair.t)))
                .Select(pair => (pair.t, Distance: Math.Sqrt(Math.Pow(pair.truth.Box.X - found.Box.X, 2) + Math.Pow(pair.truth.Box.Y - found.Box.Y, 2))))
                .OrderBy(pair => pair.Distance).ThenBy(pair => pair.t).Take(1).ToArray();
            if (free.Length == 1 && free[0].Distance < distance)
            {
                taken.Add((f, free[0].t));
                match[i] = free[0];
            }
        }

        var matched = curve.Where(match.ContainsKey).Select(i =>
        {
            var (a, b) = (frames[all[i].Frame].Truth[match[i].Truth].Box, all[i].Found.Box);
            var common = Math.Min(a.L, b.L) * Math.Min(a.W, b.W) * Math.Min(a.H, b.H);
            var turn = Math.Abs(Math.Atan2(Math.Sin(a.Yaw - b.Yaw), Math.Cos(a.Yaw - b.Yaw)));
            return ((double)all[i].Found.Score, new[]
            {
                match[i].Distance,
                1 - (common / ((a.L * a.W * a.H) + (b.L * b.W * b.H) - common)),
                turn,
                Math.Sqrt(Math.Pow(a.Vx - b.Vx, 2) + Math.Pow(a.Vy - b.Vy, 2)),
            });
        }).ToList();
        return ([.. curve.Select(match.ContainsKey)], [.. curve.Select(i => (double)all[i].Found.Score)], matched);
    }

    private static (double[] Precision, double[] Recall) Curve(List<bool> hits, int objects)
    {
        var sums = hits.Select((_, n) => hits.Take(n + 1).Count(hit => hit)).ToArray();
        return ([.. sums.Select((sum, n) => (double)sum / (n + 1))], [.. sums.Select(sum => (double)sum / objects)]);
    }

    private static double Interp(double x, double[] xp, double[] fp)
    {
        if (x < xp[0])
        {
            return fp[0];
        }

        var j = Array.FindLastIndex(xp, value => value <= x);
        return j == xp.Length - 1 || xp[j] == x ? fp[j] : fp[j] + ((fp[j + 1] - fp[j]) * (x - xp[j]) / (xp[j + 1] - xp[j]));
    }
}
