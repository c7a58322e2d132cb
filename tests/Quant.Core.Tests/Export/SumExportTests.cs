using System.Collections.Immutable;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Linting;
using Quant.Core.Models;
using Quant.Core.Quantization;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Export;

/// <summary>A sum of two activated tensors, which TensorRT cannot fuse into a convolution: both operands, one scale.</summary>
public sealed class SumExportTests
{
    private const float Amax = 1.5f;

    private static readonly QuantizerTable Table = new(
    [
        new LayerQuantization("left", LayerKind.Conv2d, false, "kept", null, null),
        new LayerQuantization("right", LayerKind.Conv2d, false, "kept", null, null),
        new LayerQuantization("sum", LayerKind.Add, true, null, new InputQuantization("sum._input_quantizer", Amax, Symmetric.Scale(Amax), "max"), null),
    ]);

    [Fact]
    public void Simulation_and_graph_round_both_operands_with_one_scale()
    {
        var graph = Graph();
        var input = SampleGraphs.Canvas(4, 8);
        using var quantizer = new TensorQuantizer("sum._input_quantizer", [Amax]);
        graph.Layers.Last().InputQuantizer = quantizer;
        using var scope = NewDisposeScope();
        var values = new Dictionary<string, float[]>();
        graph.Forward(tensor(input.Values, input.Shape), trace: (name, value) => values[name] = value.contiguous().data<float>().ToArray());
        var expected = values["left"].Zip(values["right"], (a, b) => Symmetric.FakeQuantize(a, Amax) + Symmetric.FakeQuantize(b, Amax)).ToArray();
        Assert.Contains(values["left"], value => value > Amax);
        Assert.All(expected.Zip(values["sum"]), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));

        var model = OnnxExporter.Export(ExportGraph.From(graph), new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, Table).Model;
        Assert.Empty(OnnxLinter.Check(model));
        var scales = model.Graph.Node.Where(node => node.OpType == "QuantizeLinear").Select(node => OnnxTensor.Values(model.Graph.Initializer.Single(tensor => tensor.Name == node.Input[1]))![0]);
        Assert.Equal([Symmetric.Scale(Amax), Symmetric.Scale(Amax)], scales.Select(scale => (float)scale));
        var actual = OrtRunner.Run(model, input)[0].Values;
        Assert.InRange(expected.Zip(actual).Count(pair => Math.Abs(pair.First - pair.Second) > 1e-5f), 0, expected.Length / 1000);
    }

    [Fact]
    public void The_cpu_form_reads_both_operands_as_uint8()
    {
        var graph = ExportGraph.From(Graph());
        var input = SampleGraphs.Canvas(4, 8);
        var cpu = CpuFormExporter.Export(graph, Table, new CpuFormOptions { NonNegativeInput = true });
        Assert.Empty(OnnxLinter.Check(cpu, new OnnxLintOptions { Profile = OnnxLintProfile.OnnxRuntimeCpu }));
        Assert.Equal(2, cpu.Graph.Node.Count(node => node.OpType == "DequantizeLinear"));
        var signed = OnnxExporter.Export(graph, new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, Table).Model;
        // uint8 with zero point 0 reaches 255 levels: above the signed range only the CPU form still follows.
        var limit = 2 * Amax;
        Assert.All(OrtRunner.Run(signed, input)[0].Values.Zip(OrtRunner.Run(cpu, input)[0].Values).Where(pair => pair.Second < Amax), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.All(OrtRunner.Run(signed, input)[0].Values, value => Assert.InRange(value, 0, limit + 1e-5f));
    }

    [Fact]
    public void Operands_of_different_shapes_are_refused()
    {
        var graph = ExportGraph.From(Graph());
        var wide = SampleGraphs.Layer(new Random(1), "wide", LayerKind.Conv2d, 4, 5, 1, 1, 0);
        var broken = graph with { Nodes = [.. graph.Nodes[..2], new ExportNode(new ExportOp.Apply(wide), ["x"], "wide"), graph.Nodes[2] with { Inputs = ["left", "wide"] }] };
        OnnxExporterTests.AssertFails(DiagnosticCodes.ExportGraphInvalid, "adds the shapes", () => OnnxExporter.Export(broken, new OnnxExportOptions()));
    }

    [Fact]
    public void A_quantized_norm_and_a_quantized_sum_without_range_are_refused()
    {
        var norm = SampleGraphs.Single(new LayerWeights("norm", LayerKind.LayerNorm, [1, 1], [2], [0, 0], Activation.None));
        var marked = new QuantizerTable([Table.Layers[2] with { Name = "norm", Kind = LayerKind.LayerNorm }]);
        OnnxExporterTests.AssertFails(DiagnosticCodes.ExportRangesMissing, "a LayerNorm stays in float", () => OnnxExporter.Export(
            norm with { Nodes = [norm.Nodes[0]] }, new OnnxExportOptions { Precision = OnnxPrecision.Int8, Interface = new("x", [OnnxDimension.Fixed(1), OnnxDimension.Fixed(3), OnnxDimension.Fixed(2)], new Dictionary<int, string>()) }, marked));
        var graph = ExportGraph.From(Graph());
        var without = Table with { Layers = [.. Table.Layers.Take(2), Table.Layers[2] with { Input = null }] };
        OnnxExporterTests.AssertFails(DiagnosticCodes.ExportRangesMissing, "without an input", () => OnnxExporter.Export(graph, new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, without));
    }

    private static LayerGraph Graph()
    {
        var random = new Random(4);
        GraphNode Convolution(string name)
        {
            var weights = Enumerable.Range(0, 4 * 4 * 9).Select(_ => (float)(random.NextDouble() - 0.3)).ToArray();
            return new GraphNode(new GraphOp.Apply(new Layer(name, LayerKind.Conv2d, tensor(weights, [4, 4, 3, 3]), zeros(4), null, Activation.Relu, padding: 1)), ["x"], name);
        }

        GraphNode[] convolutions = [Convolution("left"), Convolution("right")];
        ImmutableArray<int> operands = SumPlacement.QuantizedOperands(convolutions, ["left", "right"]);
        var sum = new GraphNode(new GraphOp.Apply(Layer.Sum("sum", operands)), ["left", "right"], "sum");
        return new LayerGraph("pts_backbone_neck_head", "x", [.. convolutions, sum], [new GraphOutput("sum", "y")]);
    }
}
