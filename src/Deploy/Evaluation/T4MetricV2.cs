namespace Deploy.Evaluation;

/// <summary>
/// AWML's T4MetricV2 for bird's-eye centre distance (tier4/autoware_perception_evaluation, <c>metrics/detection/ap.py</c>): AP with a
/// monotone precision envelope at 0.5, 1, 2 and 4 m in range buckets, heading-weighted APH, and the best F1 with its confidence.
/// </summary>
/// <remarks>
/// Objects and detections enter a bucket each by its own distance, before matching; objects without points stay. AP is not defined for a
/// class without objects and detections and is then left out of every mean; without objects but with detections, or the reverse, it is 0.
/// Of equal scores in a frame the earlier detection chooses its object first; on the curve ties go by descending index (the original
/// leaves them to an unstable sort).
/// </remarks>
public static class T4MetricV2
{
    /// <summary>AWML's buckets [min, max) in metres; the last one is the headline number.</summary>
    public static IReadOnlyList<(double Min, double Max)> Buckets { get; } = [(0, 50), (50, 90), (90, 121), (0, 121)];

    /// <summary>Evaluates frames that <see cref="DetectionMetrics.Evaluate"/> has checked.</summary>
    internal static ModelEvaluation Evaluate(IReadOnlyList<FrameResult> frames, MetricOptions options)
    {
        var curve = new EnvelopeCurve();
        var buckets = Buckets.Select(bucket => Bucket(MatchTable.Build(frames, options, Rules(bucket)), bucket, options, curve)).ToArray();
        return new ModelEvaluation
        {
            Map = buckets[^1].Map,
            Maph = buckets[^1].Maph,
            PerClass = buckets[^1].PerClass,
            Buckets = buckets,
        };
    }

    /// <summary>Which boxes take part in a bucket.</summary>
    internal static MatchRules Rules((double Min, double Max) bucket) => new()
    {
        Includes = (_, _, box) => Math.Sqrt((box.X * box.X) + (box.Y * box.Y)) is var distance && distance >= bucket.Min && distance < bucket.Max,
        IncludesTruth = _ => true,
        LaterFirst = false,
        HeadingPeriod = _ => 2 * Math.PI,
    };

    /// <summary>AP per class in one weighting of the frames (null: every frame once); NaN where it is not defined.</summary>
    internal static double[] ClassAp(ClassMatches[] matches, byte[]? weights, MetricOptions options, EnvelopeCurve curve) => Array.ConvertAll(matches, match =>
        Enumerable.Range(0, MatchRules.Distances.Count).Average(t => curve.AveragePrecision(match, weights, t, heading: false, options)));

    /// <summary>The mean of the defined values; NaN when there is none.</summary>
    internal static double DefinedMean(IEnumerable<double> values)
    {
        var defined = values.Where(value => !double.IsNaN(value)).ToArray();
        return defined.Length == 0 ? double.NaN : defined.Average();
    }

    private static BucketEvaluation Bucket(ClassMatches[] matches, (double Min, double Max) bucket, MetricOptions options, EnvelopeCurve curve)
    {
        var classes = options.ClassNames.Select((name, c) => (name, Class: Class(matches[c], options, curve))).ToDictionary(pair => pair.name, pair => pair.Class);
        return new BucketEvaluation
        {
            Min = bucket.Min,
            Max = bucket.Max,
            Map = Mean(classes.Values.Select(value => value.Ap)),
            Maph = Mean(classes.Values.Select(value => value.Aph)),
            PerClass = classes,
        };
    }

    private static ClassEvaluation Class(ClassMatches matches, MetricOptions options, EnvelopeCurve curve)
    {
        var thresholds = MatchRules.Distances.Select((distance, t) =>
        {
            var (f1, confidence) = BestF1.Find(matches, t);
            return new ThresholdEvaluation(distance, Defined(curve.AveragePrecision(matches, null, t, heading: false, options)))
            {
                Aph = Defined(curve.AveragePrecision(matches, null, t, heading: true, options)),
                MaxF1 = Defined(f1),
                OptimalConfidence = Defined(confidence),
            };
        }).ToArray();
        return new ClassEvaluation
        {
            Ap = Mean(thresholds.Select(threshold => threshold.Ap)),
            Aph = Mean(thresholds.Select(threshold => threshold.Aph)),
            Objects = matches.CountTruth(null),
            Detections = matches.Scores.Length,
            Thresholds = thresholds,
        };
    }

    private static double? Mean(IEnumerable<double?> values) => Defined(DefinedMean(values.Select(value => value ?? double.NaN)));

    private static double? Defined(double value) => double.IsNaN(value) ? null : value;
}
