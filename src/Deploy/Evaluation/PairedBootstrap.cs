using Quant.Core.Diagnostics;

namespace Deploy.Evaluation;

/// <summary>
/// Paired bootstrap over frames (Efron and Tibshirani 1993; Koehn 2004 for paired comparison of systems): each resample draws as many
/// frames as there are, with replacement, the same ones for both models, and both are evaluated anew on it. Matching happens within a
/// frame, so it is done once; a resample only weights frames.
/// </summary>
public static class PairedBootstrap
{
    /// <summary>Resamples used when nothing else is asked for.</summary>
    public const int DefaultResamples = 1000;

    /// <summary>The drop of mAP, reference − candidate.</summary>
    /// <exception cref="QuantException">QNT0610, QNT0611 or QNT0613.</exception>
    public static Estimate MapDrop(
        IReadOnlyList<FrameResult> reference, IReadOnlyList<FrameResult> candidate, MetricOptions options, int resamples = DefaultResamples, ulong seed = 0) =>
        Drops("reference", reference, "candidate", candidate, options, resamples, seed).Map;

    /// <summary>All drops of a candidate against a reference, with 95 % percentile intervals.</summary>
    /// <param name="referenceName">Name of the reference in the result.</param>
    /// <param name="reference">The reference's frames.</param>
    /// <param name="candidateName">Name of the candidate in the result.</param>
    /// <param name="candidate">The same frames of the candidate, in the same order.</param>
    /// <param name="options">Metric, classes and ranges.</param>
    /// <param name="resamples">At least 1.</param>
    /// <param name="seed">The same seed gives the same bits, whatever the number of cores.</param>
    /// <exception cref="QuantException">QNT0610 and QNT0611 as in an evaluation; QNT0613 when the frames differ.</exception>
    public static AccuracyDrop Drops(
        string referenceName,
        IReadOnlyList<FrameResult> reference,
        string candidateName,
        IReadOnlyList<FrameResult> candidate,
        MetricOptions options,
        int resamples = DefaultResamples,
        ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(resamples);
        MetricInputs.Check(reference, options);
        MetricInputs.Check(candidate, options);
        CheckPaired(referenceName, reference, candidateName, candidate);

        var first = new ResampledModel(reference, options);
        var second = new ResampledModel(candidate, options);
        var point = Difference(first, second, null, new ResampledModel.Scratch());
        var drops = new double[resamples][];
        Parallel.For(0, resamples, () => (Weights: new byte[reference.Count], Scratch: new ResampledModel.Scratch()), (r, _, local) =>
        {
            Draw(SplitMix64.ForStream(seed, r), local.Weights);
            drops[r] = Difference(first, second, local.Weights, local.Scratch);
            return local;
        }, _ => { });

        Estimate Of(int value) => Estimate.From(point[value], drops.Select(drop => drop[value]));
        var classes = options.ClassNames.Count;
        return new AccuracyDrop
        {
            Reference = referenceName,
            Candidate = candidateName,
            Frames = reference.Count,
            Resamples = resamples,
            Seed = seed,
            Map = Of(0),
            MapRelative = Of(1),
            Nds = Of(2),
            PerClass = Enumerable.Range(0, classes).ToDictionary(c => options.ClassNames[c], c => Of(3 + c)),
            Buckets = options.Metric == MetricOptions.T4V2
                ? [.. T4MetricV2.Buckets.Select((bucket, b) => new BucketDrop(bucket.Min, bucket.Max, Of(3 + classes + b)))]
                : null,
        };
    }

    // mAP, relative mAP, NDS, AP per class, mAP per bucket.
    private static double[] Difference(ResampledModel reference, ResampledModel candidate, byte[]? weights, ResampledModel.Scratch scratch)
    {
        var a = reference.Evaluate(weights, scratch);
        var b = candidate.Evaluate(weights, scratch);
        var map = a.Map - b.Map;
        return
        [
            map,
            map / a.Map,
            a.Nds - b.Nds,
            .. a.ClassAp.Zip(b.ClassAp, (x, y) => x - y),
            .. a.BucketMap.Zip(b.BucketMap, (x, y) => x - y),
        ];
    }

    private static void Draw(SplitMix64 random, byte[] weights)
    {
        Array.Clear(weights);
        for (var i = 0; i < weights.Length; i++)
        {
            ref var weight = ref weights[random.Next(weights.Length)];
            weight = checked((byte)(weight + 1));
        }
    }

    private static void CheckPaired(string referenceName, IReadOnlyList<FrameResult> reference, string candidateName, IReadOnlyList<FrameResult> candidate)
    {
        if (reference.Count != candidate.Count)
        {
            throw new QuantException(
                DiagnosticCodes.ResultsNotPaired,
                $"{referenceName} has {reference.Count} frames and {candidateName} {candidate.Count}; evaluate both on the same frames");
        }

        for (var i = 0; i < reference.Count; i++)
        {
            if (reference[i].Token != candidate[i].Token || !SameTruth(reference[i], candidate[i]))
            {
                throw new QuantException(
                    DiagnosticCodes.ResultsNotPaired,
                    $"frame {i} is '{reference[i].Token}' of {referenceName} and '{candidate[i].Token}' of {candidateName}, or their labels differ; evaluate both on the same frames in the same order");
            }
        }
    }

    private static bool SameTruth(FrameResult a, FrameResult b) =>
        ReferenceEquals(a.Truth, b.Truth)
        || (a.Truth.Count == b.Truth.Count && a.Truth.Zip(b.Truth, (x, y) => x.Label == y.Label && x.Box.Equals(y.Box) && x.PointCount == y.PointCount).All(same => same));
}
