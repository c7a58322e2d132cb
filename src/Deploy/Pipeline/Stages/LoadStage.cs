using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Pipeline.Stages;

/// <summary>Reads the checkpoint and checks it against the model section.</summary>
internal static class LoadStage
{
    public static StageStep Step { get; } = new(
        Stage.Load,
        [],
        context => new { context.Config.Model, Checkpoint = context.CheckpointDigest },
        Run);

    private static IReadOnlyList<string> Run(PipelineContext context)
    {
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
