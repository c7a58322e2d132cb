using System.Collections.Immutable;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Onnx;
using Quant.Core.Models;
using Quant.Core.Quantization;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Tests.Export;

/// <summary>Which layers of the CPU form get integer weights, and which numbers those are.</summary>
public sealed class CpuFormChoiceTests
{
    private const float InputScale = 0.02f;

    /// <summary>Weight, its range, bias → scale, level and bias level, from the limits that CpuWeight states: bias within 2^30 levels, a dead channel's at 2^20.</summary>
    [Theory]
    [InlineData(127, 0.5f, 0.5f, -0.7f, 0.5 / 127, 127, -8890)]
    [InlineData(127, 0.25f, 0.3f, 0f, 0.3 / 127, 106, 0)]
    [InlineData(63, 0.25f, 0.3f, 0.1f, 0.3 / 63, 52, 1050)]
    [InlineData(127, 0f, 0f, 0f, 1, 0, 0)]
    [InlineData(127, 0f, 0f, 1.25f, 1.25 / (0.02 * (1 << 20)), 0, 1 << 20)]
    [InlineData(127, 0f, 0f, -1.25f, 1.25 / (0.02 * (1 << 20)), 0, -(1 << 20))]
    [InlineData(127, 5.9604645e-8f, 5.9604645e-8f, 0f, 1, 0, 0)]
    [InlineData(127, 1e-6f, 1e-6f, 3f, 3 / (0.02 * (1 << 30)), 7, 1 << 30)]
    [InlineData(63, 1e-6f, 1e-6f, 3f, 3 / (0.02 * (1 << 30)), 7, 1 << 30)]
    [InlineData(127, 0f, 0f, 1e-30f, 1e-25, 0, 0)]
    public void Weights_and_biases_are_integers_in_units_that_fit(int maxLevel, float weight, float amax, float bias, double scale, int level, int biasLevel)
    {
        var first = new LayerWeights("first", LayerKind.Conv2d, [weight, -weight], [1, 2, 1, 1], [bias], Activation.Relu);
        var graph = new ExportGraph("test", "x", [SampleGraphs.Apply(first, "x"), SampleGraphs.Apply(Conv("second", 1, 1), "first")], [new GraphOutput("second", "y")]);
        var table = new QuantizerTable(
        [
            new LayerQuantization("first", LayerKind.Conv2d, true, null, new InputQuantization("first._input_quantizer", InputScale * 127, InputScale, "max"), new WeightQuantization(0, [amax], [Symmetric.Scale(amax)])),
            new LayerQuantization("second", LayerKind.Conv2d, true, null, new InputQuantization("second._input_quantizer", 1, 1f / 127, "max"), new WeightQuantization(0, [1], [1f / 127])),
        ]);

        var model = CpuFormExporter.Export(graph, table, new CpuFormOptions { NonNegativeInput = true, ReduceRange = maxLevel == 63 });

        Assert.Equal([level, Math.Max(-level, -maxLevel - 1)], Numbers(model, "first.weight"));
        Assert.Equal(scale, Numbers(model, "first.weight.scale").Single(), 1e-6 * scale);
        Assert.Equal(biasLevel, Numbers(model, "first.bias").Single());
        Assert.Equal(scale * InputScale, Numbers(model, "first.bias.scale").Single(), 1e-6 * scale);
    }

    [Fact]
    public void A_weight_range_per_tensor_serves_every_channel()
    {
        var first = new LayerWeights("first", LayerKind.Conv2d, [0.5f, 0.25f], [2, 1, 1, 1], [0f, 0f], Activation.Relu);
        var graph = new ExportGraph("test", "x", [SampleGraphs.Apply(first, "x"), SampleGraphs.Apply(Conv("second", 2, 1), "first")], [new GraphOutput("second", "y")]);
        var table = Table(graph);
        table = table with { Layers = [table.Layers[0] with { Weight = new WeightQuantization(null, [0.5f], [0.5f / 127]) }, table.Layers[1]] };
        Assert.Equal([127.0, 64], Numbers(CpuFormExporter.Export(graph, table, new CpuFormOptions { NonNegativeInput = true }), "first.weight"));
    }

    [Theory]
    [InlineData(false, 127, 64)]
    [InlineData(true, 63, 32)]
    public void A_linear_layers_levels_and_scales_fit_each_other_in_seven_bits_too(bool reduceRange, int maxLevel, int half)
    {
        var layer = new LayerWeights("linear", LayerKind.Linear, [0.5f, 0.25f, 0f, 0f], [2, 2], [0f, 0f], Activation.Relu);
        var model = CpuFormExporter.Export(SampleGraphs.Single(layer), Table(SampleGraphs.Single(layer)), new CpuFormOptions { NonNegativeInput = true, ReduceRange = reduceRange });
        // [in, out]: the second output channel has no weights.
        Assert.Equal([maxLevel, 0.0, half, 0], Numbers(model, "linear.weight"));
        Assert.Equal([0.5f / maxLevel, 1.0], Numbers(model, "linear.weight.scale"));
    }

    /// <summary>A convolution is one integer operation only when all that read its output read one uint8 form of it.</summary>
    [Fact]
    public void A_value_that_someone_reads_as_float_is_written_as_float()
    {
        ExportNode first = SampleGraphs.Apply(Conv("first", 4, 4), "x"), second = SampleGraphs.Apply(Conv("second", 4, 4), "first"), third = SampleGraphs.Apply(Conv("third", 4, 4), "first");
        var last = new ExportNode(new ExportOp.ToChannelsLast(), ["first"], "last");
        Assert.True(IsInteger([first, second], ["second"]));
        Assert.True(IsInteger([first, second, third], ["second", "third"]));
        Assert.False(IsInteger([first, second], ["second", "first"]));
        Assert.False(IsInteger([first, second, last], ["second", "last"]));
        Assert.False(IsInteger([first, second, third], ["second", "third"], kept: "third"));
        Assert.False(IsInteger([first, second, third], ["second", "third"], ownRanges: true), "two ranges are two forms");

        static bool IsInteger(ImmutableArray<ExportNode> nodes, string[] outputs, string kept = "", bool ownRanges = false)
        {
            var graph = new ExportGraph("test", "x", nodes, [.. outputs.Select(name => new GraphOutput(name, $"{name}_out"))]);
            var table = Table(graph, kept);
            if (ownRanges)
            {
                table = table with { Layers = [.. table.Layers.Select((layer, index) => layer with { Input = layer.Input! with { Amax = index + 1, Scale = (index + 1) / 127f } })] };
            }

            var model = CpuFormExporter.Export(graph, table, new CpuFormOptions { NonNegativeInput = true });
            return model.Graph.Initializer.Single(tensor => tensor.Name == "first.weight").DataType == (int)DataType.Int8;
        }
    }

    [Theory]
    [InlineData(true, Activation.Relu, Activation.Relu, 0, 0)]
    [InlineData(false, Activation.Relu, Activation.Relu, 128, 0)]
    [InlineData(true, Activation.None, Activation.Relu, 0, 128)]
    [InlineData(true, Activation.Relu, Activation.None, 0, 128)]
    public void Values_that_can_be_negative_have_their_zero_in_the_middle(bool nonNegative, Activation left, Activation right, int input, int joined)
    {
        var graph = new ExportGraph(
            "test",
            "x",
            [
                SampleGraphs.Apply(Conv("left", 4, 4, left), "x"), SampleGraphs.Apply(Conv("right", 4, 4, right), "x"),
                new ExportNode(new ExportOp.ConcatChannels(), ["left", "right"], "joined"), SampleGraphs.Apply(Conv("last", 8, 4), "joined"),
            ],
            [new GraphOutput("last", "y")]);

        var model = CpuFormExporter.Export(graph, Table(graph), new CpuFormOptions { NonNegativeInput = nonNegative });

        Assert.Equal($"zero_point_{input}", model.Graph.Node.Single(node => node.Name == "x/QuantizeLinear").Input[2]);
        Assert.Equal($"zero_point_{joined}", model.Graph.Node.Single(node => node.Name == "joined/QuantizeLinear").Input[2]);
    }

    [Fact]
    public void Graph_ranges_and_options_are_needed_and_the_opset_is_one_that_is_written()
    {
        var graph = SampleGraphs.Single(Conv("conv", 4, 4));
        var options = new CpuFormOptions { NonNegativeInput = true };
        Assert.Throws<ArgumentNullException>("graph", () => CpuFormExporter.Export(null!, Table(graph), options));
        Assert.Throws<ArgumentNullException>("table", () => CpuFormExporter.Export(graph, null!, options));
        Assert.Throws<ArgumentNullException>("options", () => CpuFormExporter.Export(graph, Table(graph), null!));
        foreach (var opset in new[] { 12, 22 })
        {
            OnnxExporterTests.AssertFails(DiagnosticCodes.ExportOpsetUnsupported, $"opset {opset} is outside 13 to 21; set onnx_config.opset_version to auto", () => CpuFormExporter.Export(graph, Table(graph), options with { Opset = opset }));
        }

        Assert.Equal([13L, 21], new[] { 13, 21 }.Select(opset => CpuFormExporter.Export(graph, Table(graph), options with { Opset = opset }).OpsetImport[0].Version));
    }

    [Fact]
    public void Names_sizes_and_text_are_those_that_were_asked_for()
    {
        var graph = SampleGraphs.Single(Conv("conv", 4, 4));
        var contract = new OnnxInterface("canvas", [OnnxDimension.Fixed(1), OnnxDimension.Fixed(4), OnnxDimension.Dynamic("rows"), OnnxDimension.Fixed(8)], new Dictionary<int, string> { [2] = "rows", [3] = "columns" });
        var model = CpuFormExporter.Export(graph, Table(graph), new CpuFormOptions { NonNegativeInput = true, Interface = contract, DocString = "from the tests" });
        Assert.Equal(("canvas", "from the tests"), (model.Graph.Input[0].Name, model.DocString));
        Assert.Equal(["1", "4", "rows", "8"], model.Graph.Output[0].Type.TensorType.Shape.Dim.Select(dim => dim.HasDimParam ? dim.DimParam : $"{dim.DimValue}"));
        var plain = CpuFormExporter.Export(graph, Table(graph), new CpuFormOptions { NonNegativeInput = true });
        Assert.Equal(("x", "", "quant"), (plain.Graph.Input[0].Name, plain.DocString, plain.ProducerName));
        Assert.Empty(OnnxExporter.Export(graph, new OnnxExportOptions()).Model.DocString);
        Assert.Matches(@"^\d+\.\d+\.\d+$", plain.ProducerVersion);
        Assert.Equal(typeof(OnnxExporter).Assembly.GetName().Version!.ToString(3), plain.ProducerVersion);
    }

    private static LayerWeights Conv(string name, int inputs, int outputs, Activation activation = Activation.Relu) => SampleGraphs.Layer(new Random(name.Length), name, LayerKind.Conv2d, inputs, outputs, 1, 1, 0, activation);

    private static QuantizerTable Table(ExportGraph graph, params string[] kept) => new([.. graph.Layers.Select(layer => kept.Contains(layer.Name)
        ? ReferenceRunner.Kept(layer)
        : new LayerQuantization(layer.Name, layer.Kind, true, null, new InputQuantization($"{layer.Name}._input_quantizer", 2, 2f / 127, "max"), ReferenceRunner.WeightRanges(layer, false)))]);

    private static double[] Numbers(ModelProto model, string name) => OnnxTensor.Values(model.Graph.Initializer.Single(tensor => tensor.Name == name))!;
}
