using Microsoft.ML.OnnxRuntime;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Linting;
using Quant.Core.Fusion;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Models;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Export;

/// <summary>A whole two-task model (1×1 and 2×2 transposed convolutions, 3×3 head kernels) from torch layers to ONNX Runtime.</summary>
public sealed class ModelExportTests
{
    private static readonly ModelConfig Config = RandomModel.TwoTasks;

    [Fact]
    public void Both_components_agree_with_torch()
    {
        using var model = Fused();
        var pillars = RandomModel.Pillars(Config, 3);
        var points = new HostTensor(pillars.Features(), [pillars.Count, pillars.MaxPoints, pillars.FeatureCount]);
        var canvas = Canvas(model, pillars);
        foreach (var (graph, input) in new[] { (model.Encoder, points), (model.Dense, canvas) })
        {
            var export = OnnxExporter.Export(ExportGraph.From(graph), new OnnxExportOptions()).Model;
            Assert.Empty(OnnxLinter.Check(export));
            OnnxExporterTests.AssertClose(OrtRunner.Run(export, input, GraphOptimizationLevel.ORT_ENABLE_ALL), Forward(graph, input), 1e-4);
        }
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, true)]
    public void The_int8_graph_reproduces_the_simulation_in_torch(bool prequantized, bool perChannelDeconv, bool rewriteDeconvolutions)
    {
        using var model = Fused();
        var canvas = Canvas(model, RandomModel.Pillars(Config, 3));
        var graph = ExportGraph.From(model.Dense);
        var table = ReferenceRunner.Ranges(graph, canvas, perChannelDeconv);
        var exported = rewriteDeconvolutions ? KernelStrideDeconvolution.Rewrite(graph) : graph;
        var ranges = rewriteDeconvolutions ? KernelStrideDeconvolution.Rewrite(table, graph) : table;
        var onnx = OnnxExporter.Export(exported, new OnnxExportOptions { Precision = OnnxPrecision.Int8, PrequantizedWeights = prequantized }, ranges).Model;
        Assert.DoesNotContain(OnnxLinter.Check(onnx), item => item.Severity == Severity.Error);
        List<HostTensor> simulated;
        using (QuantizedLayers.Attach(model, table))
        {
            simulated = Forward(model.Dense, canvas);
        }

        foreach (var (output, (actual, expected)) in model.Dense.Outputs.Zip(OrtRunner.Run(onnx, canvas).Zip(simulated)))
        {
            var step = table[output.Value].Input!.Scale;
            var differences = actual.Values.Zip(expected.Values, (a, e) => MathF.Abs(a - e)).Order().ToList();
            Assert.InRange(differences[(int)(differences.Count * 0.999)], 0, step);
        }
    }

    [Fact]
    public void The_cpu_form_of_a_two_task_model_runs_all_but_the_last_layers_as_integer()
    {
        using var model = Fused();
        var canvas = Canvas(model, RandomModel.Pillars(Config, 3));
        var graph = ExportGraph.From(model.Dense);
        var cpu = CpuFormExporter.Export(graph, ReferenceRunner.Ranges(graph, canvas), new CpuFormOptions { NonNegativeInput = true });
        Assert.Empty(OnnxLinter.Check(cpu, new OnnxLintOptions { Profile = OnnxLintProfile.OnnxRuntimeCpu }));
        var count = IntegerLayerCount.Of(OrtRunner.Optimize(cpu, GraphOptimizationLevel.ORT_ENABLE_EXTENDED), graph.Layers.Select(layer => layer.Name));
        Assert.Equal(model.Dense.Outputs.Select(output => output.Value).Order(), count.FloatLayers.Order());
        OnnxExporterTests.AssertClose(OrtRunner.Run(cpu, canvas, GraphOptimizationLevel.ORT_ENABLE_ALL), Forward(model.Dense, canvas), 0.08);
    }

    [Fact]
    public void Heading_of_every_task_can_be_folded()
    {
        using var model = Fused();
        var graph = ExportGraph.From(model.Dense);
        var folded = RotYAxisReference.Fold(graph);
        Assert.Equal(4, graph.Layers.Zip(folded.Layers).Count(pair => !ReferenceEquals(pair.First, pair.Second)));
    }

    private static CenterPoint Fused()
    {
        var model = CenterPoint.Load(RandomModel.StateDict(Config, 5), Config, "random.pth");
        BatchNormFolder.Fold(model.Layers);
        return model;
    }

    private static HostTensor Canvas(CenterPoint model, PillarBatch pillars)
    {
        using var canvas = model.Canvas(pillars);
        return new HostTensor(canvas.contiguous().data<float>().ToArray(), canvas.shape);
    }

    private static List<HostTensor> Forward(LayerGraph graph, HostTensor input)
    {
        using var scope = NewDisposeScope();
        var outputs = graph.Forward(tensor(input.Values, input.Shape));
        return [.. graph.Outputs.Select(output => new HostTensor(outputs[output.Name].contiguous().data<float>().ToArray(), outputs[output.Name].shape))];
    }
}
