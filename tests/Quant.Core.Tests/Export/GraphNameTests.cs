using System.Collections.Immutable;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Onnx;
using Quant.Core.Models;
using Quant.Core.Quantization;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Tests.Export;

/// <summary>Names of nodes and tensors that would meet, and what else a file says of itself.</summary>
public sealed class GraphNameTests
{
    private static readonly LayerWeights First = SampleGraphs.Layer(new Random(1), "a", LayerKind.Conv2d, 4, 4, 1, 1, 0);

    [Theory]
    [InlineData("a/Relu", "two nodes of test would have the name 'a/Relu'")]
    [InlineData("a/linear_out", "two tensors of test would have the name 'a/linear_out'")]
    [InlineData("a.weight", "two tensors of test would have the name 'a.weight'")]
    [InlineData("canvas", "two tensors of test would have the name 'canvas'")]
    public void Names_that_would_be_given_twice_are_refused(string name, string message)
    {
        var graph = Graph([SampleGraphs.Apply(First, "x"), SampleGraphs.Apply(First with { Name = name }, "a"), SampleGraphs.Apply(First with { Name = "last" }, name)], "last");
        var contract = OnnxInterface.Awml(graph) with { InputName = "canvas" };
        OnnxExporterTests.AssertFails(DiagnosticCodes.ExportGraphInvalid, message, () => OnnxExporter.Export(graph, new OnnxExportOptions { Interface = contract }));
    }

    [Fact]
    public void A_constant_is_not_called_as_a_tensor_before_it()
    {
        var graph = Graph([SampleGraphs.Apply(First with { Name = "b.weight" }, "x"), SampleGraphs.Apply(First with { Name = "b" }, "b.weight"), SampleGraphs.Apply(First, "b")], "a");
        OnnxExporterTests.AssertFails(DiagnosticCodes.ExportGraphInvalid, "two tensors of test would have the name 'b.weight'", () => OnnxExporter.Export(graph, new OnnxExportOptions()));
    }

    /// <summary>One quantizer on three tensors, as an edited table may have it: the first keeps its name.</summary>
    [Fact]
    public void Further_nodes_of_one_quantizer_are_numbered()
    {
        var graph = Graph(
            [SampleGraphs.Apply(First, "x"), SampleGraphs.Apply(First with { Name = "b" }, "a"), SampleGraphs.Apply(First with { Name = "c" }, "b")], "c");
        var input = new InputQuantization("shared", 2, 2f / 127, "max");
        var table = new QuantizerTable([.. graph.Layers.Select(layer => new LayerQuantization(layer.Name, layer.Kind, true, null, input, ReferenceRunner.WeightRanges(layer, false)))]);

        var nodes = OnnxExporter.Export(graph, new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, table).Model.Graph.Node;

        Assert.Equal(["shared/QuantizeLinear", "shared_1/QuantizeLinear", "shared_2/QuantizeLinear"], nodes.Where(node => node.Name.StartsWith("shared", StringComparison.Ordinal) && node.OpType == "QuantizeLinear").Select(node => node.Name));
    }

    /// <summary>ONNX, docs/Versioning.md.</summary>
    [Theory]
    [InlineData(13, 7)]
    [InlineData(14, 7)]
    [InlineData(15, 8)]
    [InlineData(18, 8)]
    [InlineData(19, 9)]
    [InlineData(20, 9)]
    [InlineData(21, 10)]
    public void The_ir_version_is_the_one_that_came_with_the_opset(int opset, int version) =>
        Assert.Equal(version, OnnxExporter.Export(SampleGraphs.Single(First), new OnnxExportOptions { Opset = opset }).Model.IrVersion);

    [Fact]
    public void Attributes_are_written_in_the_order_of_their_names()
    {
        var node = OnnxExporter.Export(SampleGraphs.Single(First), new OnnxExportOptions()).Model.Graph.Node.Single(node => node.OpType == "Conv");
        Assert.Equal(node.Attribute.Select(attribute => attribute.Name).Order(StringComparer.Ordinal), node.Attribute.Select(attribute => attribute.Name));
        Assert.True(node.Attribute.Count > 3);
    }

    [Fact]
    public void In_fp32_the_weights_before_a_quantizer_are_the_layers_own()
    {
        var graph = SampleGraphs.Single(First);
        var table = ReferenceRunner.Ranges(graph, SampleGraphs.Canvas(4, 8));
        var model = OnnxExporter.Export(graph, new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, table).Model;
        Assert.Equal(First.Weight.Select(value => (double)value), OnnxTensor.Values(model.Graph.Initializer.Single(tensor => tensor.Name == "a.weight"))!);
        Assert.Equal((int)DataType.Float, model.Graph.Initializer.Single(tensor => tensor.Name == "a.weight").DataType);
    }

    [Fact]
    public void The_first_weight_that_is_no_half_is_named()
    {
        var large = First with { Weight = [1e6f, .. First.Weight.Skip(1)] };
        OnnxExporterTests.AssertFails(
            DiagnosticCodes.WeightNotFp16,
            "a: element 0 of a.weight is 1000000, above FP16's 65504; export this model with body: fp32 or precision fp32",
            () => OnnxExporter.Export(SampleGraphs.Single(large), new OnnxExportOptions { Precision = OnnxPrecision.Fp16 }));
    }

    [Fact]
    public void An_input_that_two_layers_scale_keeps_its_factors_in_the_graph()
    {
        LayerWeights Linear(string name) => SampleGraphs.Layer(new Random(2), name, LayerKind.Linear, 3, 4, 0, 1, 0);
        ImmutableArray<ExportNode> nodes = [SampleGraphs.Apply(Linear("left"), "x"), SampleGraphs.Apply(Linear("right"), "x")];
        ModelProto Export(ImmutableArray<ExportNode> used, params string[] outputs)
        {
            var graph = new ExportGraph("test", "x", used, [.. outputs.Select(name => new GraphOutput(name, $"{name}_out"))]);
            var table = new QuantizerTable([.. graph.Layers.Select(layer => new LayerQuantization(
                layer.Name, layer.Kind, true, null, new InputQuantization($"{layer.Name}._input_quantizer", 1, 1f / 127, "max") { ChannelScale = [1f, 2f, 4f] }, ReferenceRunner.WeightRanges(layer.WithScaledColumns([1f, 2f, 4f]), false)))]);
            return OnnxExporter.Export(graph, new OnnxExportOptions { Precision = OnnxPrecision.Int8, ScaledInput = true }, table).Model;
        }

        var (alone, both) = (Export(nodes[..1], "left"), Export(nodes, "left", "right"));
        Assert.DoesNotContain(alone.Graph.Node, node => node.OpType == "Mul");
        Assert.Equal([1f, 0.5f, 0.25f], InputFactors.Of(alone));
        Assert.Equal(2, both.Graph.Node.Count(node => node.OpType == "Mul"));
        Assert.Null(InputFactors.Of(both));
    }

    private static ExportGraph Graph(ImmutableArray<ExportNode> nodes, string output) => new("test", "x", nodes, [new GraphOutput(output, "y")]);
}
