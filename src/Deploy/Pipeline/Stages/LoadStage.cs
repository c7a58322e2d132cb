using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Pipeline.Stages;

/// <summary>Reads the checkpoint and checks it against the model section.</summary>
internal static class LoadStage
{
    public static StageStep Step { get; } = new(
        Stage.Load,
        [],
        context => new { context.Config.Model, Checkpoint = context.CheckpointDigest, context.Int8Only },
        Run);

    private static IReadOnlyList<string> Run(PipelineContext context)
    {
        if (context.CheckpointIsCorrected && !context.Int8Only)
        {
            throw new QuantException(
                DiagnosticCodes.FloatModelFromCorrected,
                "this checkpoint was corrected for INT8, so FP32 and FP16 models made from it would not be the float model; name the float checkpoint, or use 'deploy export --precision int8' or 'deploy evaluate --model' on this file",
                new SourceLocation(context.Config.CheckpointPath));
        }

        using var checkpoint = context.ReadCheckpoint();
        using var model = CenterPoint.Load(checkpoint.StateDict, context.Config.Model, context.Config.CheckpointPath);
        var summary = CheckpointSummary.Create(context.Config.CheckpointPath, checkpoint);
        var file = context.Work["checkpoint.json"];
        JsonFile.Write(file, summary);
        context.Log.Info($"  {summary.Keys.Count} tensors, {model.Layers.Count} layers, {model.Parameters().Sum(item => item.Tensor.numel()):N0} weights");
        CheckClassNames(context, checkpoint.ClassNames);
        return [file];
    }

    private static void CheckClassNames(PipelineContext context, IReadOnlyList<string>? trained)
    {
        var configured = context.Config.Model.PtsBboxHead.ClassNames;
        if (trained is not null && !trained.SequenceEqual(configured))
        {
            context.Log.Report(Diagnostic.Warning(
                DiagnosticCodes.ClassNamesDiffer,
                $"the checkpoint was trained for [{string.Join(", ", trained)}], the config names [{string.Join(", ", configured)}]; the order must be the heatmap's",
                context.Loaded.LocationOf("model.pts_bbox_head.class_names")));
        }
    }
}
