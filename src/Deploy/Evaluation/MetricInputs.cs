using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Evaluation;

/// <summary>Refuses what a metric would silently count wrong.</summary>
internal static class MetricInputs
{
    public static void Check(IReadOnlyList<FrameResult> frames, MetricOptions options)
    {
        var bag = new DiagnosticBag();
        CheckOptions(options, bag);
        bag.ThrowIfErrors();
        if (frames.Count == 0)
        {
            throw new QuantException(DiagnosticCodes.MetricInputInvalid, "there is no labelled frame to evaluate; check dataset.validation");
        }

        var tokens = new HashSet<string>(StringComparer.Ordinal);
        foreach (var frame in frames)
        {
            CheckFrame(frame, options, tokens, bag);
            bag.ThrowIfErrors();
        }
    }

    private static void CheckOptions(MetricOptions options, DiagnosticBag bag)
    {
        if (options.Metric is not (MetricOptions.NuScenes or MetricOptions.T4V2))
        {
            bag.Error(DiagnosticCodes.MetricOptionsInvalid, $"unknown metric '{options.Metric}'; evaluation.metric is nuscenes or t4_v2");
        }

        if (options.ClassNames.Count == 0 || options.ClassNames.Distinct(StringComparer.Ordinal).Count() != options.ClassNames.Count)
        {
            bag.Error(DiagnosticCodes.MetricOptionsInvalid, $"class names must be given and differ, got [{string.Join(", ", options.ClassNames)}]");
        }

        if (!(options.MinRecall is >= 0 and <= 1) || !(options.MinPrecision is >= 0 and < 1))
        {
            bag.Error(DiagnosticCodes.MetricOptionsInvalid, $"minimum recall {options.MinRecall} must lie in [0, 1], minimum precision {options.MinPrecision} in [0, 1)");
        }

        if (options.ClassRanges is not { } ranges)
        {
            return;
        }

        foreach (var name in options.ClassNames.Where(name => !ranges.ContainsKey(name)))
        {
            bag.Error(DiagnosticCodes.MetricOptionsInvalid, $"evaluation.class_ranges has no range for class '{name}'; give metres for every class, or null for no limit");
        }

        foreach (var (name, range) in ranges.Where(range => !(range.Value > 0)))
        {
            bag.Error(DiagnosticCodes.MetricOptionsInvalid, $"evaluation.class_ranges.{name} is {range}; it must be a positive distance in metres");
        }
    }

    private static void CheckFrame(FrameResult frame, MetricOptions options, HashSet<string> tokens, DiagnosticBag bag)
    {
        if (!tokens.Add(frame.Token))
        {
            bag.Error(DiagnosticCodes.MetricInputInvalid, $"frame '{frame.Token}' is listed twice; its detections would count twice");
        }

        if (options.Metric == MetricOptions.NuScenes && frame.Detections.Count > options.MaxBoxesPerFrame)
        {
            bag.Error(
                DiagnosticCodes.MetricInputInvalid,
                $"frame '{frame.Token}' has {frame.Detections.Count} detections; the nuScenes metric allows {options.MaxBoxesPerFrame}: lower test_cfg.post_max_size or raise the score threshold");
        }

        if (frame.DetectionAttributes is { } attributes && attributes.Count != frame.Detections.Count)
        {
            bag.Error(DiagnosticCodes.MetricInputInvalid, $"frame '{frame.Token}' has {attributes.Count} attributes for {frame.Detections.Count} detections");
        }

        for (var i = 0; i < frame.Detections.Count; i++)
        {
            var detection = frame.Detections[i];
            if ((uint)detection.Label >= (uint)options.ClassNames.Count || !float.IsFinite(detection.Score) || !Usable(detection.Box))
            {
                bag.Error(DiagnosticCodes.MetricInputInvalid, $"frame '{frame.Token}', detection {i} is not usable ({detection}): a NaN, an infinity, a size of 0 or a label outside the {options.ClassNames.Count} classes");
                return;
            }
        }

        for (var i = 0; i < frame.Truth.Count; i++)
        {
            var truth = frame.Truth[i];
            if ((uint)truth.Label >= (uint)options.ClassNames.Count || !Usable(truth.Box))
            {
                bag.Error(DiagnosticCodes.MetricInputInvalid, $"frame '{frame.Token}', object {i} is not usable (label {truth.Label}, {truth.Box}): a NaN, an infinity, a size of 0 or a label outside the {options.ClassNames.Count} classes");
                return;
            }
        }
    }

    private static bool Usable(in Box3D box) =>
        double.IsFinite(box.X + box.Y + box.Z + box.Yaw) && double.IsFinite(box.L * box.W * box.H) && box.L > 0 && box.W > 0 && box.H > 0;
}
