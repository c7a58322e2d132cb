namespace Deploy.Evaluation;

/// <summary>One model, matched once, to be evaluated under many weightings of its frames.</summary>
internal sealed class ResampledModel
{
    private readonly MetricOptions options;
    private readonly bool attributes;
    private readonly ClassMatches[][] ranges;

    public ResampledModel(IReadOnlyList<FrameResult> frames, MetricOptions options)
    {
        this.options = options;
        attributes = frames.Any(frame => frame.DetectionAttributes is not null);
        ranges = options.Metric == MetricOptions.NuScenes
            ? [MatchTable.Build(frames, options, NuScenesMetric.Rules(options))]
            : [.. T4MetricV2.Buckets.Select(bucket => MatchTable.Build(frames, options, T4MetricV2.Rules(bucket)))];
    }

    /// <summary>The compared numbers; NaN where the metric defines none. <paramref name="weights"/>: copies of each frame, null is one each.</summary>
    public (double Map, double Nds, double[] ClassAp, double[] BucketMap) Evaluate(byte[]? weights, Scratch scratch)
    {
        if (options.Metric == MetricOptions.NuScenes)
        {
            var scores = NuScenesMetric.Score(ranges[0], weights, options, attributes, withErrors: true, scratch.Curve, scratch.Errors);
            return (scores.Map, scores.Nds, Array.ConvertAll(scores.Ap, ap => ap.Average()), []);
        }

        var classAp = Array.ConvertAll(ranges, range => T4MetricV2.ClassAp(range, weights, options, scratch.Envelope));
        var bucketMap = Array.ConvertAll(classAp, T4MetricV2.DefinedMean);
        return (bucketMap[^1], double.NaN, classAp[^1], bucketMap);
    }

    /// <summary>Buffers of one thread.</summary>
    public sealed class Scratch
    {
        public PrecisionCurve Curve { get; } = new();

        public TruePositiveErrors Errors { get; } = new();

        public EnvelopeCurve Envelope { get; } = new();
    }
}
