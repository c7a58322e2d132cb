using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;
using Quant.Core.Fusion;
using Quant.Core.Models;

namespace Deploy.Pipeline.Stages;

/// <summary>Folds every norm into its layer.</summary>
internal static class FuseStage
{
    public static StageStep Step { get; } = new(Stage.Fuse, [Stage.Load], context => context.Config.Quantization.Fusion, Run);

    private static IReadOnlyList<string> Run(PipelineContext context)
    {
        if (!context.Config.Quantization.Fusion.FuseBn)
        {
            throw new QuantException(
                DiagnosticCodes.UnfusedNorm,
                "fuse_bn: false cannot be exported: with Q/DQ between weight and convolution a norm would stay a layer of its own; set it to true",
                context.Loaded.LocationOf("quantization.fusion.fuse_bn"));
        }

        using var checkpoint = context.ReadCheckpoint();
        using var model = CenterPoint.Load(checkpoint.StateDict, context.Config.Model, context.Config.CheckpointPath);
        var report = BatchNormFolder.Fold(model.Layers);
        var (weights, json) = (context.Work["fused.pth"], context.Work["fusion.json"]);
        CheckpointWriter.Write(weights, model.ToStateDict());
        JsonFile.Write(json, report);
        var dead = report.Layers.Sum(layer => layer.DeadChannels);
        context.Log.Info($"  {report.Folded} layers with a norm or layer scale folded{(dead > 0 ? $", {dead} dead output channels (their scale becomes 1)" : "")}");
        return [weights, json];
    }
}
