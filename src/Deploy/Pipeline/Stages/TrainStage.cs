using Quant.Core.Quantization;

namespace Deploy.Pipeline.Stages;

/// <summary>Trains with fake quantization when the config's mode is qat.</summary>
internal static class TrainStage
{
    public static StageStep Step { get; } = new(
        Stage.Train,
        [Stage.Correct],
        context => new { context.Config.Quantization.Qat, context.Config.TrainCfg, context.Config.Dataset, context.Config.Seed, context.DeviceName },
        Run)
    {
        SkipReason = context => InsertStage.QuantizationOff(context) ?? (QuantizedResult.IsTrained(context) ? null : "quantization.mode is ptq"),
    };

    private static IReadOnlyList<string> Run(PipelineContext context)
    {
        var (weights, table, report) = (context.Work[QuantizedResult.Weights(context)], context.Work[QuantizedResult.Table(context)], context.Work["training.json"]);
        var teacher = context.Config.Quantization.Qat.Teacher ? context.Work["fused.pth"] : null;
        var (state, ranges) = Trainings.Quantized(context, JsonFile.Read<QuantizerTable>(context.Work["quantization.json"]), context.Work["quantized.pth"], teacher, weights, resume: true, maxTime: null);
        JsonFile.Write(table, ranges);
        JsonFile.Write(report, state);
        return [weights, table, report];
    }
}
