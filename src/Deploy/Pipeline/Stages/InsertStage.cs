using Quant.Core.Quantization;

namespace Deploy.Pipeline.Stages;

/// <summary>Decides which layers get Q/DQ.</summary>
internal static class InsertStage
{
    public static StageStep Step { get; } = new(
        Stage.Insert,
        [Stage.Fuse],
        context => new { context.Config.Quantization.Quantize, context.Config.Quantization.QuantizeKinds, context.Config.Quantization.SensitiveLayers, context.Config.Quantization.DeconvWeight, context.Config.Quantization.Precision },
        Run)
    {
        SkipReason = QuantizationOff,
    };

    public static string? QuantizationOff(PipelineContext context) => context.Config.Quantization.Enabled ? null : "quantization.enabled is false";

    private static IReadOnlyList<string> Run(PipelineContext context)
    {
        using var model = context.LoadModel("fused.pth");
        var plan = QuantizationPlan.Create(model, context.Config.Quantization, context.Loaded.LocationOf);
        var file = context.Work["plan.json"];
        JsonFile.Write(file, plan);
        foreach (var line in PlanTable.Lines(plan))
        {
            context.Log.Info(line);
        }

        return [file];
    }
}
