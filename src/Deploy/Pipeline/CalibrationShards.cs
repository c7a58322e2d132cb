using Deploy.Pipeline.Stages;
using Quant.Core.Calibration;
using Quant.Core.Diagnostics;
using Quant.Core.Quantization;

namespace Deploy.Pipeline;

/// <summary>Calibration side by side on several machines: shards are observed, written, read and merged.</summary>
internal static class CalibrationShards
{
    /// <summary>Maxima of the shard's frames.</summary>
    public const string Range = "range";

    /// <summary>Histograms of the shard's frames over the merged maxima.</summary>
    public const string Count = "count";

    /// <summary>Observes the frames of one shard; the stages before calibration run first where they are not up to date.</summary>
    /// <param name="context">Config and work directory.</param>
    /// <param name="shard">Which frames.</param>
    /// <param name="rangeFile">The merged ranges, to count; null to find the maxima.</param>
    /// <exception cref="QuantException">QNT0351 ranges of another run; QNT0352 settings that depend on the order of frames.</exception>
    public static CalibrationShard Observe(PipelineContext context, ShardNumber shard, string? rangeFile)
    {
        var config = context.Config.Quantization.Calibration;
        CheckSettings(context, rangeFile is not null);
        PipelineRunner.Run(context, null, Stage.Equalize, false);
        var origin = Origin(context);
        var scaling = context.Config.Quantization.InputScaling;
        var ranges = rangeFile is null ? null : InputScaling.Apply(Merge(context, [rangeFile], Range).Observed, scaling);
        var plan = JsonFile.Read<QuantizationPlan>(context.Work["plan.json"]);
        using var model = context.LoadModel(CalibrateStage.WeightsFile(context));
        var kind = ranges is null ? Range : Count;
        var bins = ranges is null ? 0 : Calibrator.BinsOf(config);
        var observed = Calibrator.Observe(model, plan, config, bins, ranges, context.CalibrationFrames($"calibrating, {kind} {shard.Index}/{shard.Count}", shard: shard));
        return new CalibrationShard(CalibrationShard.CurrentVersion, kind, origin, shard.Index, shard.Count, observed);
    }

    /// <summary>Reads and merges shard files that this config's run wrote.</summary>
    /// <param name="context">Config and work directory, with the stages before calibration up to date.</param>
    /// <param name="files">All shards.</param>
    /// <param name="kind">The kind they must have; null takes either.</param>
    /// <exception cref="QuantException">QNT0150 not a shard file; QNT0350 a shard is missing or given twice; QNT0351 shards of another run.</exception>
    public static CalibrationShard Merge(PipelineContext context, IEnumerable<string> files, string? kind)
    {
        var merged = ShardMerger.Merge([.. files.Select(Read)]);
        if (kind is not null && merged.Kind != kind)
        {
            throw new QuantException(DiagnosticCodes.ShardMismatch, $"the shards are of kind '{merged.Kind}', here '{kind}' is needed");
        }

        var wanted = JsonFile.Read<QuantizationPlan>(context.Work["plan.json"]).Layers.Where(layer => layer.Quantized).Select(layer => layer.InputQuantizer).Distinct();
        if (!merged.Observed.Tensors.Select(tensor => tensor.Quantizer).SequenceEqual(wanted, StringComparer.Ordinal))
        {
            throw new QuantException(DiagnosticCodes.ShardMismatch, "the shards hold other tensors than this config's plan; run them again");
        }

        foreach (var (name, digest) in Origin(context))
        {
            if (merged.Origin.GetValueOrDefault(name) != digest)
            {
                throw new QuantException(DiagnosticCodes.ShardMismatch, $"the shards were made with another {name} than this config's; run them again");
            }
        }

        return merged;
    }

    /// <summary>Runs the calibrate stage on merged shards, so that <c>deploy run</c> goes on from there.</summary>
    public static void Complete(PipelineContext context, CalibrationShard merged)
    {
        CheckSettings(context, false);
        var needed = Calibrator.BinsOf(context.Config.Quantization.Calibration) > 0 ? Count : Range;
        if (merged.Kind != needed)
        {
            throw new QuantException(DiagnosticCodes.ShardMismatch, $"the calibration method needs shards of kind '{needed}', these are '{merged.Kind}'; to merge ranges for counting give --output");
        }

        context.MergedCalibration = merged;
        PipelineRunner.Run(context, Stage.Calibrate, Stage.Calibrate, false);
    }

    private static CalibrationShard Read(string file)
    {
        var shard = JsonFile.Read<CalibrationShard>(file);
        return shard is { Kind: not null, Origin: not null, Shards: > 0, Observed.Tensors: not null } && shard.Observed.Tensors.All(tensor => tensor is { Quantizer: not null, Histogram: null or { Counts: not null, Width: > 0 } })
            ? shard
            : throw new QuantException(DiagnosticCodes.UnreadableResult, "this is not a calibration shard; 'deploy calibrate range' and 'deploy calibrate count' write them", new SourceLocation(file));
    }

    private static void CheckSettings(PipelineContext context, bool counting)
    {
        if (context.Config.Quantization.Table is not null)
        {
            throw new QuantException(DiagnosticCodes.ShardSettings, "the ranges come from quantization.table, so there is nothing to calibrate; set it to null", context.Loaded.LocationOf("quantization.table"));
        }

        if (ImportedRanges.Exist(context))
        {
            throw new QuantException(DiagnosticCodes.ShardSettings, "the checkpoint brings its own ranges (_amax keys), so there is nothing to calibrate; use the float checkpoint", context.Loaded.LocationOf("checkpoint_path"));
        }

        var config = context.Config.Quantization.Calibration;
        if (config.Method == "grid")
        {
            throw new QuantException(DiagnosticCodes.ShardSettings, "method: grid compares output errors on a few frames, which one machine does; use max or histogram in shards", context.Loaded.LocationOf("quantization.calibration.method"));
        }

        var bins = Calibrator.BinsOf(config);
        if (bins > 0 && config.Binning != "two_pass")
        {
            throw new QuantException(DiagnosticCodes.ShardSettings, $"binning: {config.Binning} depends on the order of the frames, so it cannot be split; set quantization.calibration.binning to two_pass", context.Loaded.LocationOf("quantization.calibration.binning"));
        }

        if (bins == 0 && counting)
        {
            throw new QuantException(DiagnosticCodes.ShardSettings, "method: max needs no counts; merge the range shards without --output", context.Loaded.LocationOf("quantization.calibration.method"));
        }
    }

    private static SortedDictionary<string, string> Origin(PipelineContext context) => new(StringComparer.Ordinal)
    {
        ["program"] = ToolVersion.Current,
        ["checkpoint"] = context.CheckpointDigest,
        ["model config"] = Fingerprint.OfRecord(context.Config.Model),
        ["calibration config"] = Fingerprint.OfRecord(new { context.Config.Quantization.Calibration, context.Config.Quantization.InputScaling }),
        ["frames"] = context.CalibrationDigest,
        ["plan"] = Fingerprint.OfFile(context.Work["plan.json"]),
        ["weights"] = Fingerprint.OfFile(context.Work[CalibrateStage.WeightsFile(context)]),
        ["device"] = context.DeviceName,
    };
}
