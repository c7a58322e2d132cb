using Microsoft.ML.OnnxRuntime;
using Quant.Core.Export;
using Quant.Core.Models;
using Quant.Core.Quantization;

namespace Quant.Core.Tests.Export;

public sealed class CpuFormExporterTests
{
    private static readonly ExportGraph Dense = SampleGraphs.Dense();
    private static readonly HostTensor Canvas = SampleGraphs.Canvas(8, 16);
    private static readonly CpuFormOptions NonNegative = new() { NonNegativeInput = true };

    [Theory]
    [InlineData(true, GraphOptimizationLevel.ORT_ENABLE_EXTENDED)]
    [InlineData(true, GraphOptimizationLevel.ORT_ENABLE_ALL)]
    [InlineData(false, GraphOptimizationLevel.ORT_ENABLE_ALL)]
    public void Every_layer_but_the_last_of_each_branch_runs_as_integer(bool nonNegative, GraphOptimizationLevel level)
    {
        var model = CpuFormExporter.Export(Dense, ReferenceRunner.Ranges(Dense, Canvas), new CpuFormOptions { NonNegativeInput = nonNegative });
        var optimized = OrtRunner.Optimize(model, level);
        var count = IntegerLayerCount.Of(optimized, Dense.Layers.Select(layer => layer.Name));
        Assert.Equal(SampleGraphs.Heads.Select(head => $"pts_bbox_head.task_heads.0.{head.Name}.1"), count.FloatLayers);
        Assert.Equal(Dense.Layers.Count() - 6, count.Integer);
        Assert.Equal(Dense.Layers.Count(), count.Total);
        Assert.Contains(optimized.Graph.Node, node => node.OpType == "QLinearConcat");
        Assert.DoesNotContain(optimized.Graph.Node, node => node.OpType is "ConvTranspose" or "Relu");
    }

    [Fact]
    public void The_signed_graph_runs_no_layer_as_integer_which_is_why_the_cpu_form_exists()
    {
        var table = ReferenceRunner.Ranges(Dense, Canvas);
        var model = OnnxExporter.Export(Dense, new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, table).Model;
        var count = IntegerLayerCount.Of(OrtRunner.Optimize(model, GraphOptimizationLevel.ORT_ENABLE_ALL), Dense.Layers.Select(layer => layer.Name));
        Assert.Equal(0, count.Integer);
    }

    [Theory]
    [InlineData(true, false, 0.06)]
    [InlineData(false, false, 0.06)]
    [InlineData(true, true, 0.10)]
    public void Its_outputs_stay_near_the_float_network(bool nonNegative, bool reduceRange, double tolerance)
    {
        var model = CpuFormExporter.Export(Dense, ReferenceRunner.Ranges(Dense, Canvas), new CpuFormOptions { NonNegativeInput = nonNegative, ReduceRange = reduceRange });
        var expected = ReferenceRunner.Outputs(Dense, Canvas);
        foreach (var level in new[] { GraphOptimizationLevel.ORT_DISABLE_ALL, GraphOptimizationLevel.ORT_ENABLE_EXTENDED, GraphOptimizationLevel.ORT_ENABLE_ALL })
        {
            OnnxExporterTests.AssertClose(OrtRunner.Run(model, Canvas, level), expected, tolerance);
        }
    }

    [Fact]
    public void Seven_bit_weights_stay_within_64_levels()
    {
        var model = CpuFormExporter.Export(Dense, ReferenceRunner.Ranges(Dense, Canvas), NonNegative with { ReduceRange = true });
        var weights = model.Graph.Initializer.Where(tensor => tensor.Name.EndsWith(".weight", StringComparison.Ordinal) && tensor.DataType == (int)Core.Export.Onnx.TensorProto.Types.DataType.Int8).ToList();
        Assert.Equal(Dense.Layers.Count() - 6, weights.Count);
        Assert.All(weights, tensor => Assert.InRange(OnnxTensor.Values(tensor)!.Max(Math.Abs), 1, 64));
    }

    [Fact]
    public void A_layer_that_is_kept_float_reads_the_unrounded_tensor()
    {
        const string Kept = "pts_backbone.blocks.1.0";
        var model = CpuFormExporter.Export(Dense, ReferenceRunner.Ranges(Dense, Canvas, false, Kept), NonNegative);
        Assert.Equal("pts_backbone.blocks.0.3", model.Graph.Node.Single(node => node.Name == Kept).Input[0]);
        OnnxExporterTests.AssertClose(OrtRunner.Run(model, Canvas, GraphOptimizationLevel.ORT_ENABLE_ALL), ReferenceRunner.Outputs(Dense, Canvas), 0.06);
    }

    [Fact]
    public void Biases_far_above_their_weights_and_channels_without_weights_stay_exact()
    {
        var first = SampleGraphs.Layer(new Random(5), "first", LayerKind.Conv2d, 4, 4, 3, 1, 1);
        first.Weight.AsSpan(0, 36).Clear();
        first.Bias![0] = 1.25f;
        for (var i = 36; i < 72; i++)
        {
            first.Weight[i] *= 1e-12f;
        }

        first.Bias[1] = 3;
        var second = SampleGraphs.Layer(new Random(6), "second", LayerKind.Conv2d, 4, 4, 1, 1, 0);
        var graph = new ExportGraph("test", "x", [SampleGraphs.Apply(first, "x"), SampleGraphs.Apply(second, "first")], [new GraphOutput("second", "y")]);
        var input = SampleGraphs.Canvas(4, 8);
        var table = ReferenceRunner.Ranges(graph, input);
        table = table with { Layers = [table.Layers[0] with { Weight = table.Layers[0].Weight! with { Amax = [0, 1e-7f, .. table.Layers[0].Weight!.Amax.Skip(2)], Scale = [1, 1e-7f / 127, .. table.Layers[0].Weight!.Scale.Skip(2)] } }, table.Layers[1]] };
        var model = CpuFormExporter.Export(graph, table, NonNegative);
        foreach (var level in new[] { GraphOptimizationLevel.ORT_DISABLE_ALL, GraphOptimizationLevel.ORT_ENABLE_ALL })
        {
            OnnxExporterTests.AssertClose(OrtRunner.Run(model, input, level), ReferenceRunner.Outputs(graph, input), 0.02);
        }
    }

    [Fact]
    public void A_quantized_encoder_multiplies_as_integer()
    {
        var graph = SampleGraphs.Encoder();
        var points = SampleGraphs.Points(7, 5, 9);
        var model = CpuFormExporter.Export(graph, ReferenceRunner.Ranges(graph, points), new CpuFormOptions { NonNegativeInput = false });
        var count = IntegerLayerCount.Of(OrtRunner.Optimize(model, GraphOptimizationLevel.ORT_ENABLE_ALL), graph.Layers.Select(layer => layer.Name));
        Assert.Equal(2, count.Integer);
        OnnxExporterTests.AssertClose(OrtRunner.Run(model, points, GraphOptimizationLevel.ORT_ENABLE_ALL), ReferenceRunner.Outputs(graph, points), 0.05);
    }

    [Fact]
    public void A_float_plan_gives_the_float_network()
    {
        var kept = Dense.Layers.Select(layer => layer.Name).ToArray();
        var model = CpuFormExporter.Export(Dense, ReferenceRunner.Ranges(Dense, Canvas, false, kept), NonNegative);
        OnnxExporterTests.AssertClose(OrtRunner.Run(model, Canvas), ReferenceRunner.Outputs(Dense, Canvas), 1e-4);
    }

    [Fact]
    public void An_overlapping_deconvolution_stays_float_with_quantized_weights()
    {
        var first = SampleGraphs.Layer(new Random(5), "first", LayerKind.Conv2d, 4, 4, 3, 1, 1);
        var up = SampleGraphs.Layer(new Random(6), "up", LayerKind.ConvTranspose2d, 4, 4, 3, 2, 1);
        var last = SampleGraphs.Layer(new Random(7), "last", LayerKind.Conv2d, 4, 4, 1, 1, 0, Activation.None);
        var graph = new ExportGraph("test", "x", [SampleGraphs.Apply(first, "x"), SampleGraphs.Apply(up, "first"), SampleGraphs.Apply(last, "up")], [new GraphOutput("last", "y")]);
        var input = SampleGraphs.Canvas(4, 8);
        var model = CpuFormExporter.Export(graph, ReferenceRunner.Ranges(graph, input), NonNegative);
        OnnxExporterTests.AssertClose(OrtRunner.Run(model, input, GraphOptimizationLevel.ORT_ENABLE_ALL), ReferenceRunner.Outputs(graph, input), 0.04);
    }
}
