using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Linting;
using Quant.Core.Models;
using Quant.Core.Quantization;

namespace Deploy.Pipeline.Stages;

/// <summary>Writes both components as ONNX in FP32, FP16 and INT8 with Q/DQ, each linted before it is kept.</summary>
internal static class ExportStage
{
    public static StageStep Step { get; } = new(
        Stage.Export,
        [Stage.Fuse, Stage.Correct, Stage.Train],
        context => new { context.Config.OnnxConfig, context.Config.Components },
        Run);

    private static IReadOnlyList<string> Run(PipelineContext context)
    {
        if (!context.CheckpointIsCorrected)
        {
            using var model = context.LoadModel("fused.pth");
            Write(context, model, OnnxPrecision.Fp32, null);
            Write(context, model, OnnxPrecision.Fp16, null);
        }

        if (!context.Config.Quantization.Enabled)
        {
            return [context.Work["onnx/fp32"], context.Work["onnx/fp16"]];
        }

        using (var model = context.LoadModel(QuantizedResult.Weights(context)))
        {
            Write(context, model, OnnxPrecision.Int8, JsonFile.Read<QuantizerTable>(context.Work[QuantizedResult.Table(context)]));
        }

        return [context.Work["onnx"]];
    }

    private static void Write(PipelineContext context, CenterPoint model, OnnxPrecision precision, QuantizerTable? table)
    {
        var config = context.Config.OnnxConfig;
        var folder = context.Work[$"onnx/{precision.ToString().ToLowerInvariant()}"];
        foreach (var (layers, component) in Components(context, model))
        {
            var graph = ExportGraph.From(layers);
            var ranges = table;
            if (config.RotYAxisReference && ReferenceEquals(layers, model.Dense))
            {
                ranges = table is null ? null : RotYAxisReference.Fold(table, graph);
                graph = RotYAxisReference.Fold(graph);
            }

            if (config.DeconvAsConv)
            {
                ranges = ranges is null ? null : KernelStrideDeconvolution.Rewrite(ranges, graph);
                graph = KernelStrideDeconvolution.Rewrite(graph);
            }

            var export = OnnxExporter.Export(graph, new OnnxExportOptions
            {
                Precision = precision,
                Body = config.Body == "fp16" ? OnnxBody.Fp16 : OnnxBody.Fp32,
                Opset = config.OpsetVersion,
                PrequantizedWeights = config.PrequantizedWeights,
                ScaledInput = config.InputScaling == "decoration",
            }, ranges);
            var bag = new DiagnosticBag();
            foreach (var finding in OnnxLinter.Check(export.Model, new OnnxLintOptions { File = Path.Combine(folder, component.OnnxFile) }))
            {
                bag.Add(finding);
            }

            bag.ThrowIfErrors();
            foreach (var warning in bag.Items)
            {
                context.Log.Report(warning);
            }

            OnnxFile.Write(export.Model, Path.Combine(folder, component.OnnxFile));
            if (precision == OnnxPrecision.Int8)
            {
                InputContract.Write(context, export.Model, Path.Combine(folder, component.OnnxFile));
            }
        }
    }

    private static (LayerGraph Graph, Configuration.ComponentConfig Component)[] Components(PipelineContext context, CenterPoint model) =>
    [
        (model.Encoder, context.Config.Components.PtsVoxelEncoder),
        (model.Dense, context.Config.Components.PtsBackboneNeckHead),
    ];
}
