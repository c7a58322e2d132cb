using System.Collections.Immutable;
using Quant.Core.Models;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Models;

public sealed class SumPlacementTests
{
    [Fact]
    public void Beside_a_convolution_only_the_identity_is_quantized()
    {
        using var convolution = Layer("conv", LayerKind.Conv2d);
        Assert.Equal([0], Place([Apply(convolution, "x")], "x", "conv"));
        Assert.Equal([1], Place([Apply(convolution, "x")], "conv", "x"));
    }

    [Fact]
    public void A_change_of_layout_does_not_hide_a_linear_layer()
    {
        using var linear = Layer("linear", LayerKind.Linear);
        GraphNode[] nodes = [new(new GraphOp.ToChannelsLast(), ["x"], "last"), Apply(linear, "last"), new(new GraphOp.ToChannelsFirst(), ["linear"], "first")];
        Assert.Equal([0], Place(nodes, "x", "first"));
    }

    [Fact]
    public void Of_two_convolutions_the_one_computed_last_stays_float()
    {
        using var early = Layer("early", LayerKind.Conv2d);
        using var late = Layer("late", LayerKind.DepthwiseConv2d);
        GraphNode[] nodes = [Apply(early, "x"), Apply(late, "x")];
        Assert.Equal([0], Place(nodes, "early", "late"));
        Assert.Equal([1], Place(nodes, "late", "early"));
    }

    [Fact]
    public void Without_a_linear_result_every_operand_is_quantized()
    {
        using var activated = Layer("relu", LayerKind.Conv2d, Activation.Relu);
        GraphNode[] nodes = [Apply(activated, "x"), new(new GraphOp.ConcatChannels(), ["x", "x"], "concat")];
        Assert.Equal([0, 1], Place(nodes, "x", "relu"));
        Assert.Equal([0, 1, 2], Place(nodes, "relu", "concat", "x"));
    }

    private static ImmutableArray<int> Place(GraphNode[] nodes, params string[] operands) => SumPlacement.QuantizedOperands(nodes, operands);

    private static GraphNode Apply(Layer layer, string input) => new(new GraphOp.Apply(layer), [input], layer.Name);

    private static Layer Layer(string name, LayerKind kind, Activation activation = Activation.None) => new(name, kind, ones(1, 1, 1, 1), null, null, activation);
}
