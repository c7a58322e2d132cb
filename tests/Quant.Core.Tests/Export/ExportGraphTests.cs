using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Models;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Export;

public sealed class ExportGraphTests
{
    [Fact]
    public void Weights_are_copied_row_major_whatever_their_strides_and_type()
    {
        using var weight = arange(6, dtype: ScalarType.Float64).reshape(2, 3).t();
        using var layer = new Layer("linear", LayerKind.Linear, weight.alias(), null, null, Activation.Relu);
        var graph = ExportGraph.From(new LayerGraph("pts_voxel_encoder", "x", [new GraphNode(new GraphOp.Apply(layer), ["x"], "linear"), new GraphNode(new GraphOp.MaxOverPoints(), ["linear"], "max")], [new GraphOutput("max", "pillar_features")]));
        var copied = Assert.Single(graph.Layers);
        Assert.Equal([0, 3, 1, 4, 2, 5], copied.Weight);
        Assert.Equal([3L, 2L], copied.WeightShape);
        Assert.Null(copied.Bias);
        Assert.IsType<ExportOp.MaxOverPoints>(graph.Nodes[1].Op);
    }

    [Fact]
    public void A_torch_graph_and_its_onnx_file_agree()
    {
        manual_seed(1);
        using var conv = new Layer("conv", LayerKind.Conv2d, randn(8, 4, 3, 3), randn(8), null, Activation.Relu, 2, 1);
        using var deconv = new Layer("deconv", LayerKind.ConvTranspose2d, randn(8, 4, 2, 2), randn(4), null, Activation.None, 2);
        var graph = new LayerGraph(
            "pts_backbone_neck_head",
            "spatial_features",
            [new GraphNode(new GraphOp.Apply(conv), ["spatial_features"], "conv"), new GraphNode(new GraphOp.Apply(deconv), ["conv"], "deconv"), new GraphNode(new GraphOp.ConcatChannels(), ["deconv", "spatial_features"], "joined")],
            [new GraphOutput("joined", "heatmap")]);
        using var input = randn(1, 4, 8, 8);
        using var expected = graph.Forward(input)["heatmap"];
        var model = OnnxExporter.Export(ExportGraph.From(graph), new OnnxExportOptions()).Model;
        var actual = OrtRunner.Run(model, new HostTensor(input.data<float>().ToArray(), input.shape))[0];
        Assert.Equal(expected.shape, actual.Shape);
        Assert.InRange(ReferenceRunner.RelativeError(actual.Values, expected.data<float>().ToArray()), 0, 1e-5);
    }

    [Fact]
    public void Layers_with_a_norm_are_all_named()
    {
        Layer Unfused(string name) => new(name, LayerKind.Linear, ones(2, 2), null, new BatchNorm(ones(2), ones(2), ones(2), ones(2), 1e-3), Activation.None);
        using var first = Unfused("first");
        using var second = Unfused("second");
        var graph = new LayerGraph("pts_voxel_encoder", "x", [new GraphNode(new GraphOp.Apply(first), ["x"], "first"), new GraphNode(new GraphOp.Apply(second), ["first"], "second")], [new GraphOutput("second", "y")]);
        OnnxExporterTests.AssertFails(DiagnosticCodes.ExportLayerNotFused, "first, second", () => ExportGraph.From(graph));
    }
}
