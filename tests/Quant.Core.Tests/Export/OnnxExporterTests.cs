using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Onnx;
using Quant.Core.Models;
using Quant.Core.Quantization;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Tests.Export;

public sealed class OnnxExporterTests
{
    private static readonly ExportGraph Dense = SampleGraphs.Dense();
    private static readonly ExportGraph Encoder = SampleGraphs.Encoder();
    private static readonly HostTensor Canvas = SampleGraphs.Canvas(8, 16);
    private static readonly HostTensor Points = SampleGraphs.Points(7, 5, 9);

    [Theory]
    [InlineData(null)]
    [InlineData(13)]
    [InlineData(18)]
    [InlineData(19)]
    [InlineData(21)]
    public void The_float_graphs_agree_with_plain_loops_in_onnx_runtime(int? opset)
    {
        foreach (var (graph, input) in new[] { (Dense, Canvas), (Encoder, Points) })
        {
            var model = OnnxExporter.Export(graph, new OnnxExportOptions { Opset = opset }).Model;
            var expected = ReferenceRunner.Outputs(graph, input);
            foreach (var level in new[] { GraphOptimizationLevel.ORT_DISABLE_ALL, GraphOptimizationLevel.ORT_ENABLE_ALL })
            {
                AssertClose(OrtRunner.Run(model, input, level), expected, 1e-4);
            }
        }
    }

    [Fact]
    public void Names_axes_and_output_order_are_those_of_awmls_deploy_config()
    {
        var encoder = OnnxExporter.Export(Encoder, new OnnxExportOptions()).Model;
        Assert.Equal("input_features[num_voxels,num_max_points,9]", Describe(encoder.Graph.Input.Single()));
        Assert.Equal("pillar_features[num_voxels,1,8]", Describe(encoder.Graph.Output.Single()));
        var head = OnnxExporter.Export(Dense, new OnnxExportOptions()).Model;
        Assert.Equal("spatial_features[batch_size,8,height,width]", Describe(head.Graph.Input.Single()));
        Assert.Equal(
            ["heatmap[batch_size,5,height,width]", "reg[batch_size,2,height,width]", "height[batch_size,1,height,width]", "dim[batch_size,3,height,width]", "rot[batch_size,2,height,width]", "vel[batch_size,2,height,width]"],
            head.Graph.Output.Select(Describe));
        Assert.Equal(17, head.OpsetImport.Single().Version);
        var names = head.Graph.Node.Select(node => node.Name).ToHashSet();
        Assert.Contains("pts_backbone.blocks.0.0", names);
        Assert.Contains("pts_backbone.blocks.0.0/Relu", names);
        Assert.Contains("pts_bbox_head.shared_conv.conv.weight", head.Graph.Initializer.Select(tensor => tensor.Name));
    }

    [Fact]
    public void A_static_interface_gives_static_outputs()
    {
        var options = new OnnxExportOptions { Interface = OnnxInterface.Awml(Dense).Fixed(1, 8, 16, 24) };
        Assert.Equal("heatmap[1,5,8,12]", Describe(OnnxExporter.Export(Dense, options).Model.Graph.Output[0]));
    }

    [Fact]
    public void The_fp16_graph_has_fp32_inputs_and_outputs_and_stays_near_fp32()
    {
        foreach (var (graph, input) in new[] { (Dense, Canvas), (Encoder, Points) })
        {
            var model = OnnxExporter.Export(graph, new OnnxExportOptions { Precision = OnnxPrecision.Fp16 }).Model;
            Assert.All(model.Graph.Input.Concat(model.Graph.Output), value => Assert.Equal((int)DataType.Float, value.Type.TensorType.ElemType));
            Assert.DoesNotContain(model.Graph.Initializer, tensor => tensor.DataType == (int)DataType.Float);
            AssertClose(OrtRunner.Run(model, input, GraphOptimizationLevel.ORT_ENABLE_ALL), ReferenceRunner.Outputs(graph, input), 5e-3);
        }
    }

    [Theory]
    [InlineData(false, OnnxBody.Fp32, false)]
    [InlineData(true, OnnxBody.Fp32, false)]
    [InlineData(false, OnnxBody.Fp32, true)]
    [InlineData(true, OnnxBody.Fp32, true)]
    public void The_int8_graph_reproduces_the_fake_quantized_network(bool prequantized, OnnxBody body, bool perChannelDeconv)
    {
        foreach (var (graph, input) in new[] { (Dense, Canvas), (Encoder, Points) })
        {
            var table = ReferenceRunner.Ranges(graph, input, perChannelDeconv);
            var export = OnnxExporter.Export(graph, new OnnxExportOptions { Precision = OnnxPrecision.Int8, Body = body, PrequantizedWeights = prequantized }, table);
            var expected = ReferenceRunner.Outputs(graph, input, export.Quantizers);
            AssertNear(OrtRunner.Run(export.Model, input), expected);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_quantizers_levels_equal_the_simulation_on_the_same_input(bool prequantized)
    {
        var table = ReferenceRunner.Ranges(Dense, Canvas, perChannelDeconv: true);
        var model = OnnxExporter.Export(Dense, new OnnxExportOptions { Precision = OnnxPrecision.Int8, PrequantizedWeights = prequantized }, table).Model;
        var amax = table.Layers.Select(layer => layer.Input!).DistinctBy(input => input.Quantizer).ToDictionary(input => input.Quantizer, input => input.Amax);
        var activations = model.Graph.Node.Where(node => node.OpType == "QuantizeLinear" && node.Name.Contains("._input_quantizer", StringComparison.Ordinal)).ToList();
        Assert.Equal(amax.Count, activations.Count);
        model.Graph.Output.Clear();
        foreach (var node in activations)
        {
            model.Graph.Output.Add(new ValueInfoProto { Name = node.Output[0], Type = Tensor(DataType.Int8) });
            if (node.Input[0] != "spatial_features")
            {
                model.Graph.Output.Add(new ValueInfoProto { Name = node.Input[0], Type = Tensor(DataType.Float) });
            }
        }

        var results = model.Graph.Output.Zip(OrtRunner.Run(model, Canvas)).ToDictionary(pair => pair.First.Name, pair => pair.Second);
        results["spatial_features"] = Canvas;
        long total = 0, different = 0;
        foreach (var node in activations)
        {
            var range = amax[node.Name.Split('/')[0]];
            foreach (var (value, level) in results[node.Input[0]].Values.Zip(results[node.Output[0]].Values))
            {
                var difference = Math.Abs(ReferenceRunner.Level(value, range) - level);
                Assert.True(difference <= 1, $"{node.Name}: {value} became {level}");
                total++;
                different += difference > 0 ? 1 : 0;
            }
        }

        Assert.True(different <= total * 1e-4, $"{different} of {total} levels differ");
    }

    [Fact]
    public void Layers_that_read_one_tensor_share_one_pair_and_biases_and_outputs_have_none()
    {
        var graph = OnnxExporter.Export(Dense, new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, ReferenceRunner.Ranges(Dense, Canvas)).Model.Graph;
        var producers = graph.Node.ToDictionary(node => node.Output[0]);
        var branches = graph.Node.Where(node => node.OpType == "Conv" && node.Name.EndsWith(".0.conv", StringComparison.Ordinal)).ToList();
        Assert.Equal(6, branches.Count);
        Assert.Single(branches.Select(node => node.Input[0]).Distinct());
        Assert.All(graph.Node.Where(node => node.OpType is "Conv" or "ConvTranspose"), node =>
        {
            Assert.Equal("DequantizeLinear", producers[node.Input[0]].OpType);
            Assert.Equal("DequantizeLinear", producers[node.Input[1]].OpType);
            Assert.False(producers.ContainsKey(node.Input[2]));
        });
        Assert.All(graph.Output, output => Assert.Equal("Conv", producers[output.Name].OpType));
    }

    [Fact]
    public void A_kept_layer_is_float_and_its_neighbours_stay_quantized()
    {
        const string Kept = "pts_backbone.blocks.1.0";
        var table = ReferenceRunner.Ranges(Dense, Canvas, false, Kept);
        var export = OnnxExporter.Export(Dense, new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, table);
        Assert.Equal("pts_backbone.blocks.0.3", export.Model.Graph.Node.Single(node => node.Name == Kept).Input[0]);
        AssertNear(OrtRunner.Run(export.Model, Canvas), ReferenceRunner.Outputs(Dense, Canvas, table));
    }

    [Fact]
    public void A_dead_channel_has_scale_one_and_gives_its_bias()
    {
        var layer = SampleGraphs.Layer(new Random(5), "conv", LayerKind.Conv2d, 4, 3, 1, 1, 0, Activation.None);
        layer.Weight.AsSpan(4, 4).Clear();
        var graph = SampleGraphs.Single(layer);
        var input = SampleGraphs.Canvas(4, 4);
        var table = ReferenceRunner.Ranges(graph, input);
        Assert.Equal(1, table.Layers[0].Weight!.Scale[1]);
        foreach (var prequantized in new[] { false, true })
        {
            var model = OnnxExporter.Export(graph, new OnnxExportOptions { Precision = OnnxPrecision.Int8, PrequantizedWeights = prequantized }, table).Model;
            Assert.All(OrtRunner.Run(model, input)[0].Values[16..32], value => Assert.Equal(layer.Bias![1], value));
        }
    }

    [Fact]
    public void Exporting_twice_gives_equal_bytes()
    {
        byte[] Bytes() => OnnxExporter.Export(Dense, new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, ReferenceRunner.Ranges(Dense, Canvas)).Model.ToByteArray();
        Assert.Equal(Bytes(), Bytes());
    }

    [Fact]
    public void Ranges_that_do_not_fit_are_named()
    {
        var table = ReferenceRunner.Ranges(Dense, Canvas);
        var int8 = new OnnxExportOptions { Precision = OnnxPrecision.Int8 };
        AssertFails(DiagnosticCodes.ExportRangesMissing, "calibrate", () => OnnxExporter.Export(Dense, int8));
        AssertFails(DiagnosticCodes.ExportRangesMissing, "fp16", () => OnnxExporter.Export(Dense, new OnnxExportOptions { Precision = OnnxPrecision.Fp16 }, table));
        AssertFails(DiagnosticCodes.ExportRangesMissing, "pts_neck.deblocks.1.0", () => OnnxExporter.Export(Dense, int8, Without(table, "pts_neck.deblocks.1.0")));
        var short0 = table.Layers[0].Weight! with { Amax = [1], Scale = [1] };
        AssertFails(DiagnosticCodes.ExportRangesMissing, "pts_backbone.blocks.0.0", () => OnnxExporter.Export(Dense, int8, table with { Layers = [table.Layers[0] with { Weight = short0 }, .. table.Layers.Skip(1)] }));
        var zero = table.Layers[0].Input! with { Scale = 0 };
        AssertFails(DiagnosticCodes.ExportRangesMissing, "not positive", () => OnnxExporter.Export(Dense, int8, table with { Layers = [table.Layers[0] with { Input = zero }, .. table.Layers.Skip(1)] }));
    }

    [Fact]
    public void A_graph_that_does_not_fit_together_is_refused_with_every_problem()
    {
        var wide = SampleGraphs.Layer(new Random(1), "wide", LayerKind.Conv2d, 9, 4, 3, 1, 1);
        var graph = new ExportGraph(
            "pts_backbone_neck_head",
            "x",
            [SampleGraphs.Apply(SampleGraphs.Layer(new Random(1), "first", LayerKind.Conv2d, 4, 4, 3, 1, 1), "x"), SampleGraphs.Apply(wide, "first"), SampleGraphs.Apply(wide with { Name = "lost" }, "nowhere")],
            [new GraphOutput("missing", "y")]);
        var error = Assert.Throws<QuantException>(() => OnnxExporter.Export(graph, new OnnxExportOptions()));
        Assert.Equal(3, error.Diagnostics.Count);
        Assert.All(error.Diagnostics, item => Assert.Equal(DiagnosticCodes.ExportGraphInvalid, item.Code));
        var nan = SampleGraphs.Single(wide with { Bias = [0, 0, float.NaN, 0] });
        AssertFails(DiagnosticCodes.ExportGraphInvalid, "NaN", () => OnnxExporter.Export(nan, new OnnxExportOptions()));
    }

    [Theory]
    [InlineData(12, OnnxBody.Fp32)]
    [InlineData(22, OnnxBody.Fp32)]
    [InlineData(17, OnnxBody.Fp16)]
    public void An_opset_that_cannot_hold_the_graph_is_refused(int opset, OnnxBody body) =>
        AssertFails(DiagnosticCodes.ExportOpsetUnsupported, "auto", () => OnnxExporter.Export(Dense, new OnnxExportOptions { Precision = OnnxPrecision.Int8, Opset = opset, Body = body }, ReferenceRunner.Ranges(Dense, Canvas)));

    [Fact]
    public void A_value_can_be_two_outputs_and_read_inside()
    {
        var graph = Dense with { Outputs = [new GraphOutput("pts_neck", "features"), new GraphOutput("pts_neck", "again"), .. Dense.Outputs] };
        foreach (var precision in new[] { OnnxPrecision.Fp32, OnnxPrecision.Fp16 })
        {
            var results = OrtRunner.Run(OnnxExporter.Export(graph, new OnnxExportOptions { Precision = precision }).Model, Canvas);
            Assert.Equal(results[0].Values, results[1].Values);
            AssertClose(results, ReferenceRunner.Outputs(graph, Canvas), 5e-3);
        }
    }

    internal static void AssertFails(string code, string text, Action action)
    {
        var error = Assert.Throws<QuantException>(action);
        Assert.Equal(code, error.Code);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    internal static void AssertClose(IReadOnlyList<HostTensor> actual, IReadOnlyList<HostTensor> expected, double tolerance)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach (var (a, e) in actual.Zip(expected))
        {
            Assert.Equal(e.Shape, a.Shape);
            Assert.InRange(ReferenceRunner.RelativeError(a.Values, e.Values), 0, tolerance);
        }
    }

    /// <summary>A rounding tie may flip one level in a layer, so single cells may move; almost all must not.</summary>
    internal static void AssertNear(IReadOnlyList<HostTensor> actual, IReadOnlyList<HostTensor> expected)
    {
        foreach (var (a, e) in actual.Zip(expected))
        {
            Assert.Equal(e.Shape, a.Shape);
            var largest = e.Values.Max(MathF.Abs);
            var moved = a.Values.Zip(e.Values).Count(pair => MathF.Abs(pair.First - pair.Second) > 1e-4f * largest);
            Assert.True(moved <= 0.02 * e.Values.Length, $"{moved} of {e.Values.Length} values differ");
            Assert.InRange(ReferenceRunner.RelativeError(a.Values, e.Values), 0, 0.02);
        }
    }

    private static QuantizerTable Without(QuantizerTable table, string layer) => table with { Layers = [.. table.Layers.Where(item => item.Name != layer)] };

    private static TypeProto Tensor(DataType type) => new() { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type } };

    private static string Describe(ValueInfoProto value) =>
        $"{value.Name}[{string.Join(",", value.Type.TensorType.Shape.Dim.Select(dim => dim.HasDimParam ? dim.DimParam : $"{dim.DimValue}"))}]";
}
