using Quant.Core.Models;
using Quant.Core.Quantization;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Quantization;

public sealed class SharedQuantizersTests
{
    [Fact]
    public void Quantized_operands_of_one_sum_share_with_every_other_reader_of_either()
    {
        GraphNode[] nodes = [Convolution("left", "x"), Convolution("right", "x"), Sum("sum", "left", "right"), Convolution("reader", "right"), Convolution("other", "sum")];
        var graph = new LayerGraph("graph", "x", [.. nodes], [new GraphOutput("other", "y"), new GraphOutput("reader", "z")]);

        var quantizers = SharedQuantizers.Of(graph, graph.Layers);

        Assert.Equal("left._input_quantizer", quantizers["left"]);
        Assert.Equal(quantizers["left"], quantizers["right"]);
        Assert.Equal("sum._input_quantizer", quantizers["sum"]);
        Assert.Equal(quantizers["sum"], quantizers["reader"]);
        Assert.Equal("other._input_quantizer", quantizers["other"]);
    }

    [Fact]
    public void Two_sums_with_an_operand_in_common_share_one_quantizer()
    {
        GraphNode[] nodes = [Convolution("a", "x"), Convolution("b", "x"), Convolution("c", "x"), Sum("first", "a", "b"), Sum("second", "c", "b"), Sum("third", "first", "second")];
        var graph = new LayerGraph("graph", "x", [.. nodes], [new GraphOutput("third", "y")]);

        var quantizers = SharedQuantizers.Of(graph, graph.Layers);

        Assert.Equal(quantizers["first"], quantizers["second"]);
        Assert.Equal("third._input_quantizer", quantizers["third"]);
    }

    private static GraphNode Convolution(string name, string input) =>
        new(new GraphOp.Apply(new Layer(name, LayerKind.Conv2d, ones(1, 1, 1, 1), null, null, Activation.Relu)), [input], name);

    private static GraphNode Sum(string name, string left, string right) => new(new GraphOp.Apply(Layer.Sum(name, [0, 1])), [left, right], name);
}
