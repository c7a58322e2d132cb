using Quant.Core.Diagnostics;

namespace Deploy.Gates;

/// <summary>Gates on mAP, NDS, AP per class and mAP per range bucket.</summary>
internal static class AccuracyChecks
{
    private const double Points = 100;

    // A reference below one point, such as one with random weights or labels of other classes, has nothing to lose: any candidate would pass.
    private const double NextToNothing = 0.01;

    /// <summary>The candidate against the reference model of the same release.</summary>
    public static IEnumerable<GateCheck> Release(GateOptions options, GateInputs inputs) => Release(options, inputs, string.Empty, inputs.Candidate);

    /// <summary>The candidate's TensorRT engine against the same reference, under the same limits.</summary>
    public static IEnumerable<GateCheck> Engine(GateOptions options, GateInputs inputs) => Release(options, inputs, "engine.", inputs.Engine);

    /// <summary>The candidate against the same model of an earlier release, under the same limits.</summary>
    public static IEnumerable<GateCheck> Baseline(GateOptions options, GateInputs inputs)
    {
        var (now, then) = (inputs.Evaluation, inputs.Baseline!);
        var reference = then.Models.GetValueOrDefault(inputs.Candidate);
        var candidate = now?.Models.GetValueOrDefault(inputs.Candidate);
        var why = now is null ? "evaluation.json was not found; run the evaluate stage"
            : reference is null || candidate is null ? $"'{inputs.Candidate}' was not evaluated in both releases"
            : now.Metric != then.Metric || now.Frames != then.Frames || !SameRanges(now.ClassRanges, then.ClassRanges)
                ? $"the earlier release was measured with {then.Metric} on {then.Frames} frames, this one with {now.Metric} on {now.Frames}, or with other class ranges"
            : null;
        return All(options, "baseline.", $"earlier release to this one, {inputs.Candidate}", reference, candidate, inputs.BaselineDrop, why, now?.Metric);
    }

    private static IEnumerable<GateCheck> Release(GateOptions options, GateInputs inputs, string prefix, string candidateName)
    {
        var evaluation = inputs.Evaluation;
        var referenceName = inputs.Reference ?? (evaluation?.Models.ContainsKey("fp32") != false ? "fp32" : "fp16");
        var reference = evaluation?.Models.GetValueOrDefault(referenceName);
        var candidate = evaluation?.Models.GetValueOrDefault(candidateName);
        var why = evaluation is null ? "evaluation.json was not found; run the evaluate stage"
            : reference is null || candidate is null ? $"evaluation.json holds {string.Join(", ", evaluation.Models.Keys)}; '{referenceName}' and '{candidateName}' are needed in evaluation.models"
            : null;
        var drop = evaluation?.Drops.FirstOrDefault(item => item.Reference == referenceName && item.Candidate == candidateName);
        return All(options, prefix, $"{referenceName} to {candidateName}", reference, candidate, drop, why, evaluation?.Metric);
    }

    private static IEnumerable<GateCheck> All(
        GateOptions options, string prefix, string pair, StoredModel? reference, StoredModel? candidate, StoredDrop? drop, string? why, string? metric)
    {
        GateCheck Check(string name, string what, double limit, double? a, double? b, StoredInterval? interval, string undefined)
        {
            if (why is not null || a is null || b is null)
            {
                return GateText.Missing(prefix + name, limit, why ?? undefined);
            }

            CheckAgrees(prefix + name, a.Value - b.Value, interval);
            return GateText.AtMost(prefix + name, $"{what} drop ({pair})", a.Value - b.Value, interval, limit, Points, "points");
        }

        if (options.MapDropMax is { } map)
        {
            var idle = reference?.Map < NextToNothing;
            yield return Check(
                "map_drop_max", "mAP", map, idle ? null : reference?.Map, candidate?.Map, drop?.Map,
                idle ? FormattableString.Invariant($"the reference's mAP is {Points * reference!.Map:F2} points ({pair}): it finds next to nothing, so a drop says nothing; check the checkpoint, the labels' class names and model.point_cloud_range") : "mAP is not defined: no class has objects or detections");
        }

        if (options.MapDropMaxRelative is { } relative)
        {
            var ready = why is null && reference!.Map > 0 && candidate!.Map is not null;
            yield return ready
                ? GateText.AtMost(
                    prefix + "map_drop_max_relative", $"relative mAP drop ({pair})", (reference!.Map!.Value - candidate!.Map!.Value) / reference.Map.Value, drop?.MapRelative, relative, Points, "%")
                : GateText.Missing(prefix + "map_drop_max_relative", relative, why ?? "the reference's mAP is 0 or not defined");
        }

        if (options.NdsDropMax is { } nds)
        {
            yield return Check("nds_drop_max", "NDS", nds, reference?.Nds, candidate?.Nds, drop?.Nds, $"metric '{metric}' has no NDS; set gates.nds_drop_max: null");
        }

        foreach (var (name, limit) in options.ApDropMax)
        {
            yield return Check(
                $"ap_drop_max.{name}", $"AP of {name}", limit, reference?.PerClass.GetValueOrDefault(name)?.Ap, candidate?.PerClass.GetValueOrDefault(name)?.Ap, drop?.PerClass.GetValueOrDefault(name), $"class '{name}' was not evaluated in both models; its AP is stored for {string.Join(", ", reference?.PerClass.Keys ?? [])}");
        }

        if (options.BucketDropMax is not { } bucketLimit)
        {
            yield break;
        }

        if (why is not null || reference!.Buckets.Count == 0)
        {
            yield return GateText.Missing(prefix + "bucket_drop_max", bucketLimit, why ?? $"metric '{metric}' has no range buckets; set evaluation.metric: t4_v2 or gates.bucket_drop_max: null");
            yield break;
        }

        foreach (var bucket in reference.Buckets)
        {
            // A range without objects and detections in both models has nothing to lose.
            var other = candidate!.Buckets.FirstOrDefault(item => item.Min == bucket.Min && item.Max == bucket.Max);
            if (bucket.Map is not null || other?.Map is not null)
            {
                yield return Check(
                    FormattableString.Invariant($"bucket_drop_max.{bucket.Min}-{bucket.Max}"),
                    FormattableString.Invariant($"mAP at {bucket.Min}–{bucket.Max} m"),
                    bucketLimit,
                    bucket.Map,
                    other?.Map,
                    drop?.Buckets.FirstOrDefault(item => item.Min == bucket.Min && item.Max == bucket.Max)?.Map,
                    "the range has no mAP in one of the models");
            }
        }
    }

    private static void CheckAgrees(string name, double value, StoredInterval? interval)
    {
        if (interval?.Value is { } stored && Math.Abs(stored - value) > 1e-6)
        {
            throw new QuantException(
                DiagnosticCodes.GateInputMalformed,
                FormattableString.Invariant($"{name}: the stored models differ by {value:G6}, the stored drop says {stored:G6}; run the evaluate stage again"));
        }
    }

    private static bool SameRanges(IReadOnlyDictionary<string, double>? a, IReadOnlyDictionary<string, double>? b) =>
        (a ?? new Dictionary<string, double>()).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .SequenceEqual((b ?? new Dictionary<string, double>()).OrderBy(pair => pair.Key, StringComparer.Ordinal));
}
