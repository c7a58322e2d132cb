using System.Globalization;
using Quant.Core.Calibration;
using Quant.Core.Checkpoints;
using Quant.Core.Quantization;

namespace Deploy.Pipeline.Stages;

/// <summary>Corrects biases and writes the final table and weights.</summary>
internal static class CorrectStage
{
    /// <summary>Frames whose cells teach the rounding of weights.</summary>
    private const int RoundingFrames = 16;

    public static StageStep Step { get; } = new(
        Stage.Correct,
        [Stage.Calibrate],
        context => new { context.Config.Quantization.BiasCorrection, context.Config.Quantization.WeightRounding, context.Config.Quantization.Calibration.WeightMethod, Frames = ReadsFrames(context) ? context.CalibrationDigest : null, context.DeviceName },
        Run)
    {
        SkipReason = InsertStage.QuantizationOff,
    };

    private static bool ReadsFrames(PipelineContext context) => !ImportedRanges.Exist(context)
        && (context.Config.Quantization.BiasCorrection is { Enabled: true, Source: "frames" } || context.Config.Quantization.WeightRounding == "adaround");

    private static IReadOnlyList<string> Run(PipelineContext context)
    {
        using var model = context.LoadModel(CalibrateStage.WeightsFile(context));
        var plan = JsonFile.Read<QuantizationPlan>(context.Work["plan.json"]);
        var table = context.Config.Quantization.Table is not null
            ? EditedTable.Read(context, model, plan).Table
            : TableOrigin.Stamp(Calibrator.Table(model, plan, JsonFile.Read<CalibrationResult>(context.Work["ranges.json"]).Ranges, context.Config.Quantization.Calibration.WeightMethod), TableOrigin.Of(context));
        var rounding = Round(context, model, table);
        var result = Correct(context, model, table);
        var (bias, json, weights) = (context.Work["bias_correction.json"], context.Work["quantization.json"], context.Work["quantized.pth"]);
        EditedTable.KeepUnusedEdits(context, json);
        JsonFile.Write(bias, result);
        JsonFile.Write(json, table);
        var changed = result.Layers.Count > 0 || rounding.Count > 0 || CalibrateStage.WeightsFile(context) != "fused.pth";
        CheckpointWriter.Write(weights, QuantizedState.Create(model, table), TableOrigin.Meta(context, changed || context.CheckpointIsCorrected));
        return [bias, json, weights, .. rounding];
    }

    /// <summary>rounding.json, when weights are rounded by output error.</summary>
    private static List<string> Round(PipelineContext context, Quant.Core.Models.CenterPoint model, QuantizerTable table)
    {
        var file = context.Work["rounding.json"];
        if (File.Exists(file))
        {
            File.Delete(file);
        }

        if (context.Config.Quantization.WeightRounding != "adaround" || ImportedRanges.Exist(context))
        {
            return [];
        }

        using var progress = context.Log.Progress("rounding weights", table.Layers.Count(layer => layer is { Quantized: true, Weight: not null }));
        var layers = AdaptiveRounding.Run(model, table, context.CalibrationFrames("reading frames", RoundingFrames), progress: () =>
        {
            context.Cancel.ThrowIfCancellationRequested();
            progress.Step();
        });
        JsonFile.Write(file, layers);
        context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  {layers.Count} layers rounded by output error, which is {layers.Average(layer => layer.Nearest > 0 ? layer.Chosen / layer.Nearest : 1):P0} of nearest rounding's"));
        return [file];
    }

    private static BiasCorrectionResult Correct(PipelineContext context, Quant.Core.Models.CenterPoint model, QuantizerTable table)
    {
        var config = context.Config.Quantization.BiasCorrection;
        if (!config.Enabled || ImportedRanges.Exist(context))
        {
            context.Log.Info($"  biases stay as they are: {(config.Enabled ? "the checkpoint brings its own ranges" : "quantization.bias_correction.enabled is false")}");
            return new BiasCorrectionResult([], 0, []);
        }

        using var progress = context.Log.Progress("correcting biases", 100);
        var result = BiasCorrector.Run(model, table, config, () => context.CalibrationFrames("reading frames", config.NumBatches), share =>
        {
            context.Cancel.ThrowIfCancellationRequested();
            progress.At((int)(100 * share));
        });
        foreach (var warning in result.Warnings)
        {
            context.Log.Report(warning);
        }

        var largest = result.Layers.MaxBy(layer => layer.MeanErrorBefore);
        if (largest is not null)
        {
            context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  {result.Layers.Count} layers corrected over {result.Frames} frames; largest mean shift {largest.MeanErrorBefore:G3} at {largest.Name}"));
        }

        return result;
    }
}
