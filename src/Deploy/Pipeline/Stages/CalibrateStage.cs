using Quant.Core.Calibration;
using Quant.Core.Models;
using Quant.Core.Quantization;

namespace Deploy.Pipeline.Stages;

/// <summary>Finds the range of every input quantizer, or takes the ranges the checkpoint brings.</summary>
internal static class CalibrateStage
{
    public static StageStep Step { get; } = new(
        Stage.Calibrate,
        [Stage.Insert, Stage.Equalize],
        context => EditedTable.Digest(context) is { } table
            ? new { Table = table }
            : new { context.Config.Quantization.Calibration, context.Config.Quantization.InputScaling, context.CalibrationDigest, context.DeviceName },
        Run)
    {
        SkipReason = InsertStage.QuantizationOff,
    };

    /// <summary>The float weights that are quantized: equalized when that stage is on.</summary>
    public static string WeightsFile(PipelineContext context) => EqualizeStage.Step.SkipReason(context) is null ? "equalized.pth" : "fused.pth";

    private static IReadOnlyList<string> Run(PipelineContext context)
    {
        var plan = JsonFile.Read<QuantizationPlan>(context.Work["plan.json"]);
        var (file, histograms) = (context.Work["ranges.json"], context.Work[HistogramFile.Name]);
        if (File.Exists(histograms))
        {
            File.Delete(histograms);
        }

        if (context.Config.Quantization.Table is { } table)
        {
            using var weights = context.LoadModel(WeightsFile(context));
            var edited = EditedTable.Read(context, weights, plan);
            EditedTable.Tell(context, edited);
            JsonFile.Write(file, EditedTable.Ranges(edited.Table));
            context.Log.Info($"  ranges taken from {table}; nothing was calibrated");
            return [file];
        }

        if (ImportedRanges.Exist(context))
        {
            JsonFile.Write(file, ImportedRanges.Read(context, plan));
            context.Log.Info("  ranges taken from the checkpoint's _amax keys; nothing was calibrated");
            return [file];
        }

        var result = context.MergedCalibration is { } merged
            ? Calibrator.Choose(plan, context.Config.Quantization.Calibration, merged.Observed, context.Config.Quantization.InputScaling)
            : Calibrate(context, plan);
        foreach (var warning in result.Warnings)
        {
            context.Log.Report(warning);
        }

        JsonFile.Write(file, result);
        context.Log.Info($"  {result.Ranges.Count} ranges from {result.Frames} frames");
        foreach (var range in result.Ranges.Where(range => range.ChannelScale is not null))
        {
            context.Log.Info($"  {range.Quantizer}: {range.ChannelScale!.Count} input channels scaled, their ranges differ by more than {InputScaling.Spread:F0}×");
        }

        if (result.Histograms.Count == 0)
        {
            return [file];
        }

        HistogramFile.Write(histograms, result);
        return [file, histograms];
    }

    private static CalibrationResult Calibrate(PipelineContext context, QuantizationPlan plan)
    {
        var config = context.Config.Quantization.Calibration;
        var devices = Devices.Sharing(context.Config.Device, context.Device);
        if (devices.Count > 1)
        {
            context.Log.Info(Calibrator.IsOrderFree(config) ? $"  {devices.Count} GPUs share the frames" : $"  one of {devices.Count} GPUs calibrates, since binning: compat depends on the order of frames; two_pass would use all");
        }

        List<CenterPoint> replicas = [.. devices.Select(device => context.LoadModel(WeightsFile(context), device))];
        try
        {
            return Calibrator.Run(replicas, plan, config, () => context.CalibrationFrames("calibrating"), context.Config.Quantization.InputScaling);
        }
        finally
        {
            replicas.ForEach(replica => replica.Dispose());
        }
    }
}
