using System.Collections.Immutable;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Onnx;
using Quant.Core.Models;

namespace Quant.Core.Tests.Export;

/// <summary>Graphs that do not fit together, in words, and the shapes of those that do.</summary>
public sealed class GraphRefusalTests
{
    private static readonly LayerWeights Conv = new("conv", LayerKind.Conv2d, new float[4 * 2 * 3 * 3], [4, 2, 3, 3], new float[4], Activation.None, 1, 1, 2);
    private static readonly LayerWeights Linear = new("linear", LayerKind.Linear, new float[12], [3, 4], null, Activation.None);

    [Fact]
    public void A_layers_own_numbers_must_fit_each_other()
    {
        Refused("has 71 weights for the shape [4, 2, 3, 3]", Conv with { Weight = new float[71] });
        Refused("has 72 weights for the shape [4, 18]", Conv with { WeightShape = [4, 18] });
        Refused("has 0 weights for the shape [4, 0, 3, 3]", Conv with { Weight = [], WeightShape = [4, 0, 3, 3] });
        Refused("has 72 weights for the shape [-4, -2, 3, 3]", Conv with { WeightShape = [-4, -2, 3, 3] });
        Refused("has stride 0, padding 1 and 2 groups over 4 to 4 channels", Conv with { Stride = 0 });
        Refused("has stride 1, padding -1 and 2 groups over 4 to 4 channels", Conv with { Padding = -1 });
        Refused("has stride 1, padding 1 and 3 groups over 6 to 4 channels", Conv with { Groups = 3 });
        Refused("has 3 biases for 4 output channels", Conv with { Bias = new float[3] });
        Refused("has a weight or bias that is NaN or infinite", Conv with { Bias = [0, float.NaN, 0, 0] });
        Refused("has a weight or bias that is NaN or infinite", Conv with { Weight = [.. new float[71], float.NegativeInfinity] });
        Refused("takes 4 channels and gets 5", Conv, channels: 5);
    }

    [Fact]
    public void The_first_problem_of_every_node_is_told()
    {
        var graph = new ExportGraph(
            "dense",
            "x",
            [Apply(Conv, "x"), Apply(Conv, "x"), Node(new ExportOp.ConcatChannels(), "joined", "conv", "missing", "lost"), Node(new ExportOp.DepthToSpace(3), "spread", "conv"), Node(new ExportOp.ToChannelsLast(), "twice", "conv", "conv"), Node(new ExportOp.MaxOverPoints(), "points", "conv")],
            [new GraphOutput("nothing", "y")]);

        Assert.Equal(
            [
                "dense: 'conv' is written twice",
                "dense: 'joined' reads missing, lost before anything writes it",
                "dense: 'spread' spreads 4 channels over blocks of 3×3",
                "dense: 'twice' needs 1 input(s) with 4 dimensions, and has [batch_size, 4, height, width], [batch_size, 4, height, width]",
                "dense: 'points' needs 1 input(s) with 3 dimensions, and has [batch_size, 4, height, width]",
                "dense: output 'y' names the value 'nothing', which no node writes",
            ],
            Problems(graph, Interface(4)));
    }

    [Fact]
    public void Joined_maps_must_agree_and_added_ones_too()
    {
        var strided = Conv with { Name = "strided", Stride = 2 };
        var sum = new LayerWeights("sum", LayerKind.Add, [], [], null, Activation.None) { QuantizedOperands = [0, 1] };
        ImmutableArray<ExportNode> nodes = [Apply(Conv, "x"), Apply(strided, "x")];
        string[] Of(ExportNode last) => Problems(new("dense", "x", nodes.Add(last), [new GraphOutput("x", "y")]), Interface(4).Fixed(1, 4, 8, 8));

        Assert.Equal(["dense: 'joined' joins sizes 8, 4 on axis 2"], Of(Node(new ExportOp.ConcatChannels(), "joined", "conv", "strided")));
        Assert.Equal(["dense: 'sum' adds the shapes [1, 4, 8, 8], [1, 4, 4, 4]"], Of(new ExportNode(new ExportOp.Apply(sum), ["conv", "strided"], "sum")));
        Assert.Equal(["dense: 'sum' quantizes the operands 0, 2 of 2"], Of(new ExportNode(new ExportOp.Apply(sum with { QuantizedOperands = [0, 2] }), ["conv", "conv"], "sum")));
        Assert.Equal(["dense: 'sum' quantizes the operands -1 of 2"], Of(new ExportNode(new ExportOp.Apply(sum with { QuantizedOperands = [-1] }), ["conv", "conv"], "sum")));
        Assert.Equal(["dense: 'sum' needs 2 input(s) with 4 dimensions, and has [1, 4, 8, 8]"], Of(new ExportNode(new ExportOp.Apply(sum), ["conv"], "sum")));
        Assert.Equal("y[1,8,8,8]", Output(nodes.Add(Node(new ExportOp.ConcatChannels(), "joined", "conv", "x")), "joined", 1, 4, 8, 8));
        Assert.Equal("y[1,4,8,8]", Output(nodes.Add(new ExportNode(new ExportOp.Apply(sum), ["conv", "x"], "sum")), "sum", 1, 4, 8, 8));
    }

    [Theory]
    [InlineData(3, 1, 1, 9, 9)]
    [InlineData(3, 2, 1, 9, 5)]
    [InlineData(3, 2, 0, 9, 4)]
    [InlineData(1, 1, 0, 9, 9)]
    [InlineData(5, 1, 0, 9, 5)]
    [InlineData(2, 2, 0, 8, 4)]
    public void A_convolutions_map_has_the_size_that_its_window_gives(int kernel, int stride, int padding, int size, int expected)
    {
        var layer = new LayerWeights("conv", LayerKind.Conv2d, new float[4 * 4 * kernel * kernel], [4, 4, kernel, kernel], null, Activation.None, stride, padding);

        Assert.Equal($"y[1,4,{expected},{expected}]", Output([Apply(layer, "x")], "conv", 1, 4, size, size));
    }

    [Theory]
    [InlineData(2, 2, 0, 5, 10)]
    [InlineData(3, 2, 1, 5, 9)]
    [InlineData(1, 1, 0, 5, 5)]
    [InlineData(4, 4, 0, 5, 20)]
    public void A_transposed_convolutions_map_too(int kernel, int stride, int padding, int size, int expected)
    {
        var layer = new LayerWeights("deconv", LayerKind.ConvTranspose2d, new float[4 * 6 * kernel * kernel], [4, 6, kernel, kernel], null, Activation.None, stride, padding);

        Assert.Equal($"y[1,6,{expected},{expected}]", Output([Apply(layer, "x")], "deconv", 1, 4, size, size));
    }

    [Fact]
    public void Moved_axes_and_spread_channels_keep_their_sizes()
    {
        Assert.Equal("y[1,4,5,3]", Output([Apply(Conv, "x"), Node(new ExportOp.ToChannelsLast(), "last", "conv"), Apply(Linear, "last"), Node(new ExportOp.ToChannelsFirst(), "first", "linear"), Node(new ExportOp.ToChannelsLast(), "y4", "first")], "y4", 1, 4, 4, 5));
        Assert.Equal("y[1,3,4,5]", Output([Node(new ExportOp.ToChannelsLast(), "last", "x"), Apply(Linear, "last"), Node(new ExportOp.ToChannelsFirst(), "first", "linear")], "first", 1, 4, 4, 5));
        Assert.Equal("y[1,1,8,10]", Output([Apply(Conv, "x"), Node(new ExportOp.DepthToSpace(2), "spread", "conv")], "spread", 1, 4, 4, 5));
    }

    [Fact]
    public void Sizes_that_are_not_known_stay_open()
    {
        Assert.Equal("y[batch_size,1,height,width]", Describe(Export([Apply(Conv, "x"), Node(new ExportOp.DepthToSpace(2), "spread", "conv")], "spread", Interface(4))));
        Assert.Equal(["num_voxels", "?", "7"], new[] { OnnxDimension.Dynamic("num_voxels"), OnnxDimension.Unknown, OnnxDimension.Fixed(7) }.Select(dimension => dimension.ToString()));
    }

    [Fact]
    public void A_layer_needs_inputs_of_one_rank()
    {
        var graph = new ExportGraph("dense", "x", [Apply(Conv, "x"), Node(new ExportOp.ConcatChannels(), "joined", "conv", "points")], [new GraphOutput("x", "y")]);
        var encoder = new ExportGraph("encoder", "x", [Apply(Linear, "x"), Node(new ExportOp.MaxOverPoints(), "max", "linear"), Node(new ExportOp.AppendPillarMax(), "pillar", "linear", "max", "max")], [new GraphOutput("x", "y")]);

        Assert.Equal(["dense: 'joined' reads points before anything writes it"], Problems(graph, Interface(4)));
        Assert.Equal(
            ["encoder: 'pillar' needs 2 input(s) with 3 dimensions, and has [num_voxels, num_max_points, 3], [num_voxels, 1, 3], [num_voxels, 1, 3]"],
            Problems(encoder, OnnxInterface.Awml(encoder)));
        Assert.Equal(["encoder: 'linear' needs 1 input(s) with 3 dimensions, and has [num_voxels, 4]"], Problems(encoder with { Nodes = [Apply(Linear, "x")] }, new("x", [OnnxDimension.Dynamic("num_voxels"), OnnxDimension.Fixed(4)], new Dictionary<int, string>())));
    }

    [Theory]
    [InlineData("pts_backbone_neck_head", "spatial_features", "batch_size,4,height,width")]
    [InlineData("single", "x", "batch_size,4,height,width")]
    public void A_map_graphs_input_has_the_deploy_configs_name_or_its_own(string name, string input, string shape)
    {
        var face = OnnxInterface.Awml(SampleGraphs.Single(Conv) with { Name = name });

        Assert.Equal((input, shape), (face.InputName, string.Join(",", face.InputShape)));
        Assert.Equal([(0, "batch_size"), (2, "height"), (3, "width")], face.OutputAxes.Select(axis => (axis.Key, axis.Value)));
    }

    [Theory]
    [InlineData("pts_voxel_encoder", "input_features")]
    [InlineData("single", "x")]
    public void A_point_graphs_input_too(string name, string input)
    {
        var face = OnnxInterface.Awml(SampleGraphs.Single(Linear) with { Name = name });

        Assert.Equal((input, "num_voxels,num_max_points,4"), (face.InputName, string.Join(",", face.InputShape)));
        Assert.Equal([(0, "num_voxels")], face.OutputAxes.Select(axis => (axis.Key, axis.Value)));
    }

    [Fact]
    public void A_graph_without_layers_has_one_channel() => Assert.Equal("batch_size,1,height,width", string.Join(",", OnnxInterface.Awml(new("empty", "x", [], [])).InputShape));

    [Theory]
    [InlineData(12, OnnxBody.Fp32, "onnx_config.opset_version 12 is outside 13 to 21; set it to auto")]
    [InlineData(22, OnnxBody.Fp32, "onnx_config.opset_version 22 is outside 13 to 21; set it to auto")]
    [InlineData(22, OnnxBody.Fp16, "onnx_config.opset_version 22 is outside 19 to 21; set it to auto")]
    [InlineData(18, OnnxBody.Fp16, "onnx_config.opset_version 18 has no FP16-typed scales, which onnx_config.body: fp16 writes; set opset_version: auto (19) or body: fp32")]
    public void An_opset_is_refused_with_its_reason(int opset, OnnxBody body, string message)
    {
        var error = Assert.Throws<QuantException>(() => OnnxExporter.Export(SampleGraphs.Single(Conv), new OnnxExportOptions { Precision = OnnxPrecision.Int8, Opset = opset, Body = body }, new([])));

        Assert.Equal(("QNT0407", message), (error.Code, error.Diagnostics[0].Message));
    }

    private static ExportNode Apply(LayerWeights layer, string source) => SampleGraphs.Apply(layer, source);

    private static ExportNode Node(ExportOp op, string output, params string[] inputs) => new(op, [.. inputs], output);

    private static OnnxInterface Interface(long channels) => new(
        "x",
        [OnnxDimension.Dynamic("batch_size"), OnnxDimension.Fixed(channels), OnnxDimension.Dynamic("height"), OnnxDimension.Dynamic("width")],
        new Dictionary<int, string> { [0] = "batch_size", [2] = "height", [3] = "width" });

    private static string[] Problems(ExportGraph graph, OnnxInterface face)
    {
        var error = Assert.Throws<QuantException>(() => OnnxExporter.Export(graph, new OnnxExportOptions { Interface = face }));
        Assert.All(error.Diagnostics, item => Assert.Equal("QNT0405", item.Code));
        return [.. error.Diagnostics.Select(item => item.Message)];
    }

    private static void Refused(string problem, LayerWeights layer, long channels = 4) =>
        Assert.Equal([$"single: 'conv' {problem}"], Problems(SampleGraphs.Single(layer) with { Outputs = [new GraphOutput("x", "y")] }, Interface(channels)));

    private static string Output(ImmutableArray<ExportNode> nodes, string value, params long[] sizes) => Describe(Export(nodes, value, Interface(4).Fixed(sizes)));

    private static ValueInfoProto Export(ImmutableArray<ExportNode> nodes, string value, OnnxInterface face) =>
        OnnxExporter.Export(new ExportGraph("dense", "x", nodes, [new GraphOutput(value, "y")]), new OnnxExportOptions { Interface = face }).Model.Graph.Output.Single();

    private static string Describe(ValueInfoProto value) =>
        $"{value.Name}[{string.Join(",", value.Type.TensorType.Shape.Dim.Select(dim => dim.HasDimParam ? dim.DimParam : $"{dim.DimValue}"))}]";
}
