using System.Globalization;
using Quant.Core.Calibration;
using Quant.Core.Checkpoints;
using Quant.Core.Quantization;

namespace Deploy.Pipeline.Stages;

/// <summary>Scales channels exactly, so that one activation scale serves them better.</summary>
internal static class EqualizeStage
{
    /// <summary>Frames of the search for α.</summary>
    private const int SearchFrames = 4;

    public static StageStep Step { get; } = new(
        Stage.Equalize,
        [Stage.Insert],
        context => new { context.Config.Quantization.Equalization, context.Config.Quantization.Calibration, context.Config.Quantization.BiasCorrection, context.Config.Quantization.InputScaling, context.CalibrationDigest, context.DeviceName },
        Run)
    {
        SkipReason = context => InsertStage.QuantizationOff(context)
            ?? (context.Config.Quantization.Equalization.Enabled ? null : "quantization.equalization.enabled is false")
            ?? (ImportedRanges.Exist(context) ? "the checkpoint brings its own ranges" : null),
    };

    private static IReadOnlyList<string> Run(PipelineContext context)
    {
        using var model = context.LoadModel("fused.pth");
        var plan = JsonFile.Read<QuantizationPlan>(context.Work["plan.json"]);
        IReadOnlyDictionary<double, double> searched = new Dictionary<double, double>();
        double alpha;
        if (context.Config.Quantization.Equalization.Alpha == "auto")
        {
            var few = context.CalibrationFrames("reading frames for the search of alpha", SearchFrames).ToList();
            using var progress = context.Log.Progress("searching alpha", AlphaSearch.Candidates.Count);
            using var state = CheckpointReader.Read(context.Work["fused.pth"]);
            searched = AlphaSearch.Run(state.StateDict, context.Config.Model, plan, context.Config.Quantization, few, context.Device, () =>
            {
                context.Cancel.ThrowIfCancellationRequested();
                progress.Step();
            });
            alpha = searched.MinBy(item => item.Value).Key;
            foreach (var (candidate, error) in searched)
            {
                context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  alpha {candidate:F2}: relative output error {error:F4}{(candidate == alpha ? "  <- chosen" : "")}"));
            }
        }
        else
        {
            alpha = double.Parse(context.Config.Quantization.Equalization.Alpha, CultureInfo.InvariantCulture);
        }

        var maxima = Equalizer.ChannelMaxima(model, context.CalibrationFrames("measuring channels"));
        var factors = Equalizer.Apply(model, plan, maxima, alpha);
        var (weights, json) = (context.Work["equalized.pth"], context.Work["equalization.json"]);
        CheckpointWriter.Write(weights, model.ToStateDict());
        JsonFile.Write(json, new EqualizationResult(alpha, searched.ToDictionary(item => item.Key.ToString("0.00", CultureInfo.InvariantCulture), item => item.Value), factors));
        context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  {factors.Count} layers scaled with alpha {alpha:F2}"));
        return [weights, json];
    }
}
