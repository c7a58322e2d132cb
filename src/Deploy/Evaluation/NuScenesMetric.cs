using Quant.Core.Models;

namespace Deploy.Evaluation;

/// <summary>
/// The nuScenes detection metric (nutonomy/nuscenes-devkit, <c>eval/detection</c>; Caesar et al. 2020): AP at 0.5, 1, 2 and 4 m without a
/// precision envelope, true-positive errors at 2 m, NDS.
/// </summary>
/// <remarks>
/// Not evaluated: boxes at or beyond their class range, objects with 0 points (−1, unknown, stays), bicycles and motorcycles whose centre
/// is in a bicycle rack. A class without objects or matches has AP 0 and errors 1. Traffic cones have no AOE, AVE and AAE, barriers no AVE
/// and AAE, and a barrier's heading has period π.
/// </remarks>
public static class NuScenesMetric
{
    private const double MapWeight = 5;
    private static readonly string[] Cones = ["traffic_cone"];
    private static readonly string[] ConesAndBarriers = ["traffic_cone", "barrier"];

    /// <summary>Evaluates frames that <see cref="DetectionMetrics.Evaluate"/> has checked.</summary>
    internal static ModelEvaluation Evaluate(IReadOnlyList<FrameResult> frames, MetricOptions options)
    {
        var matches = MatchTable.Build(frames, options, Rules(options));
        var attributes = frames.Any(frame => frame.DetectionAttributes is not null);
        var scores = Score(matches, null, options, attributes, withErrors: true, new PrecisionCurve(), new TruePositiveErrors());
        return new ModelEvaluation
        {
            Map = scores.Map,
            Nds = scores.Nds,
            Mate = scores.MeanErrors[0],
            Mase = scores.MeanErrors[1],
            Maoe = scores.MeanErrors[2],
            Mave = scores.MeanErrors[3],
            Maae = scores.MeanErrors[4],
            PerClass = options.ClassNames.Select((name, c) => (name, Class: Class(scores, c, matches[c]))).ToDictionary(pair => pair.name, pair => pair.Class),
        };
    }

    /// <summary>Which boxes take part.</summary>
    internal static MatchRules Rules(MetricOptions options)
    {
        var ranges = options.ClassNames.Select(name => options.ClassRanges?[name] ?? double.PositiveInfinity).ToArray();
        var cycles = options.ClassNames.Select(name => name is "bicycle" or "motorcycle").ToArray();
        var periods = options.ClassNames.Select(name => name == "barrier" ? Math.PI : 2 * Math.PI).ToArray();
        return new MatchRules
        {
            Includes = (frame, label, box) =>
                Math.Sqrt((box.X * box.X) + (box.Y * box.Y)) < ranges[label]
                && !(cycles[label] && frame.BikeRacks.Count > 0 && frame.BikeRacks.Any(rack => Contains(rack, box))),
            IncludesTruth = truth => truth.PointCount != 0,
            LaterFirst = true,
            HeadingPeriod = label => periods[label],
        };
    }

    /// <summary>All numbers of one weighting of the frames (null: every frame once).</summary>
    internal static NuScenesScores Score(
        ClassMatches[] matches, byte[]? weights, MetricOptions options, bool attributes, bool withErrors, PrecisionCurve curve, TruePositiveErrors errors)
    {
        var scores = new NuScenesScores(matches.Length, MatchRules.Distances.Count);
        for (var c = 0; c < matches.Length; c++)
        {
            curve.Accumulate(matches[c], weights, withErrors ? errors : null);
            for (var t = 0; t < MatchRules.Distances.Count; t++)
            {
                scores.Ap[c][t] = curve.AveragePrecision(t, options.MinRecall, options.MinPrecision);
            }

            for (var m = 0; withErrors && m < ClassMatches.ErrorCount; m++)
            {
                scores.Errors[c][m] = IsDefined(options.ClassNames[c], m)
                    ? m == 4 && !attributes ? 1 : errors.Mean(m, curve, options.MinRecall)
                    : double.NaN;
            }
        }

        scores.Map = scores.Ap.Average(ap => ap.Average());
        if (withErrors)
        {
            Summarize(scores);
        }

        return scores;
    }

    private static void Summarize(NuScenesScores scores)
    {
        var total = MapWeight * scores.Map;
        for (var m = 0; m < ClassMatches.ErrorCount; m++)
        {
            var defined = scores.Errors.Select(errors => errors[m]).Where(error => !double.IsNaN(error)).ToArray();
            scores.MeanErrors[m] = defined.Length == 0 ? null : defined.Average();
            total += Math.Max(0, 1 - (scores.MeanErrors[m] ?? 1));
        }

        scores.Nds = total / (MapWeight + ClassMatches.ErrorCount);
    }

    private static bool IsDefined(string className, int metric) => metric switch
    {
        2 => !Cones.Contains(className),
        3 or 4 => !ConesAndBarriers.Contains(className),
        _ => true,
    };

    private static bool Contains(in Box3D rack, in Box3D box)
    {
        double dx = box.X - rack.X, dy = box.Y - rack.Y;
        var along = (dx * Math.Cos(rack.Yaw)) + (dy * Math.Sin(rack.Yaw));
        var across = (dy * Math.Cos(rack.Yaw)) - (dx * Math.Sin(rack.Yaw));
        return Math.Abs(along) <= rack.L / 2 && Math.Abs(across) <= rack.W / 2 && Math.Abs(box.Z - rack.Z) <= rack.H / 2;
    }

    private static ClassEvaluation Class(NuScenesScores scores, int c, ClassMatches matches) => new()
    {
        Ap = scores.Ap[c].Average(),
        Ate = Defined(scores.Errors[c][0]),
        Ase = Defined(scores.Errors[c][1]),
        Aoe = Defined(scores.Errors[c][2]),
        Ave = Defined(scores.Errors[c][3]),
        Aae = Defined(scores.Errors[c][4]),
        Objects = matches.CountTruth(null),
        Detections = matches.Scores.Length,
        Thresholds = [.. MatchRules.Distances.Select((distance, t) => new ThresholdEvaluation(distance, scores.Ap[c][t]))],
    };

    private static double? Defined(double value) => double.IsNaN(value) ? null : value;
}
