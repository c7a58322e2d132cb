using Quant.Core.Diagnostics;
using Quant.Core.Export;

namespace Quant.Core.Tests.Export.Linting;

public sealed class FusionRulesTests
{
    /// <summary>Quantization moves through these in TensorRT, so that a Q behind them acts on the numbers of the DQ before them.</summary>
    [Theory]
    [InlineData("Relu", true)]
    [InlineData("MaxPool", true)]
    [InlineData("Transpose", true)]
    [InlineData("Reshape", true)]
    [InlineData("Slice", true)]
    [InlineData("Squeeze", true)]
    [InlineData("Unsqueeze", true)]
    [InlineData("Flatten", true)]
    [InlineData("Identity", true)]
    [InlineData("DepthToSpace", true)]
    [InlineData("Sigmoid", false)]
    public void A_second_quantizer_is_found_behind_operators_that_only_move_values(string opType, bool found)
    {
        var graph = Pair(Quantizable(), "x", "first", "small").Node(opType, "moved", ["first_dq"]);
        Pair(graph, "moved", "second", "large");
        Assert.Equal(found ? ["quantizes again what 'first_dq' gives, with another scale; keep one Q/DQ pair on the tensor"] : [], graph.Messages(DiagnosticCodes.LintDoubleQuantization));
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void The_search_for_the_first_quantizer_ends_after_64_steps(int steps, bool found)
    {
        var graph = Pair(Quantizable(), "x", "first", "small");
        for (var step = 0; step < steps; step++)
        {
            graph.Node("Identity", $"step{step}", [step == 0 ? "first_dq" : $"step{step - 1}"]);
        }

        Pair(graph, $"step{steps - 1}", "second", "large");
        Assert.Equal(found ? 1 : 0, graph.Messages(DiagnosticCodes.LintDoubleQuantization).Count());
    }

    [Fact]
    public void A_circle_of_identities_ends_the_search()
    {
        var graph = Quantizable().Node("Identity", "a", ["b"]).Node("Identity", "b", ["a"]);
        Assert.Empty(Pair(graph, "a", "second", "large").Messages(DiagnosticCodes.LintDoubleQuantization));
    }

    [Fact]
    public void A_second_quantizer_of_the_same_scale_is_no_finding()
    {
        var graph = Pair(Quantizable(), "x", "first", "small").Node("Relu", "moved", ["first_dq"]);
        Assert.Empty(Pair(graph, "moved", "second", "small").Messages(DiagnosticCodes.LintDoubleQuantization));
    }

    [Fact]
    public void Quantizers_of_one_tensor_share_a_scale()
    {
        const string finding = "quantizes 'x', which 'first' quantizes with another scale; layers that read one tensor should share a quantizer";
        Assert.Empty(Pair(Pair(Quantizable(), "x", "first", "small"), "x", "second", "small").Messages(DiagnosticCodes.LintDoubleQuantization));
        Assert.Equal([finding], Pair(Pair(Quantizable(), "x", "first", "small"), "x", "second", "large").Messages(DiagnosticCodes.LintDoubleQuantization));
        // The same tensor as a float operand beside the quantizer.
        Assert.Empty(Pair(Quantizable(), "x", "first", "small").Node("Relu", "relu", ["x"]).Messages(DiagnosticCodes.LintDoubleQuantization));
        // A tensor that is the scale of another quantizer is not quantized by it.
        Assert.Empty(Pair(Pair(Quantizable(), "small", "first", "large"), "x", "second", "small").Messages(DiagnosticCodes.LintDoubleQuantization));
    }

    [Fact]
    public void A_quantizer_after_a_sigmoid_is_inside_silu_only_where_the_product_is_silu()
    {
        const string finding = "stands inside SiLU, after 'sigmoid'; quantize the product instead";
        LintGraph Sigmoid() => Pair(Quantizable().Node("Sigmoid", "sigmoid", ["x"]), "sigmoid", "q", "small");
        Assert.Equal([finding], Sigmoid().Node("Mul", "mul", ["x", "q_dq"]).Messages(DiagnosticCodes.LintPartialQuantization));
        Assert.Equal([finding], Sigmoid().Node("Mul", "other", ["x", "x"]).Node("Mul", "mul", ["q_dq", "x"]).Messages(DiagnosticCodes.LintPartialQuantization));
        Assert.Empty(Sigmoid().Node("Mul", "mul", ["y", "q_dq"]).Messages(DiagnosticCodes.LintPartialQuantization));
        Assert.Empty(Sigmoid().Node("Mul", "mul", ["x", "sigmoid"]).Messages(DiagnosticCodes.LintPartialQuantization));
        Assert.Empty(Sigmoid().Messages(DiagnosticCodes.LintPartialQuantization));
    }

    [Fact]
    public void A_join_has_one_scale_or_none()
    {
        LintGraph Joined(params string[] inputs) => Pair(Pair(Pair(Quantizable(), "x", "a", "small"), "y", "b", "large"), "z", "c", "small").Node("Concat", "join", inputs, ("axis", 0));
        Assert.Empty(Joined("a_dq", "c_dq").Messages(DiagnosticCodes.LintConcatScales));
        Assert.Empty(Joined("x", "y").Messages(DiagnosticCodes.LintConcatScales));
        Assert.Empty(Joined("a_dq").Messages(DiagnosticCodes.LintConcatScales));
        Assert.Equal(["joins tensors with different scales (a_dq, b_dq); give them one scale, the largest"], Joined("a_dq", "b_dq").Messages(DiagnosticCodes.LintConcatScales));
        Assert.Equal(["joins tensors with different scales (a_dq, c_dq, b_dq); give them one scale, the largest"], Joined("a_dq", "c_dq", "b_dq").Messages(DiagnosticCodes.LintConcatScales));
        Assert.Equal(["joins 1 quantized and 2 float tensors; quantize all or none"], Joined("a_dq", "y", "z").Messages(DiagnosticCodes.LintConcatScales));
        Assert.Equal(["joins 2 quantized and 1 float tensors; quantize all or none"], Joined("a_dq", "c_dq", "y").Messages(DiagnosticCodes.LintConcatScales));
    }

    [Theory]
    [InlineData("Cast", "Conv")]
    [InlineData("Identity", "ConvTranspose")]
    [InlineData("Dropout", "Gemm")]
    [InlineData("Cast", "MatMul")]
    public void Nothing_stands_between_a_dequantizer_and_its_layer(string blocker, string layer)
    {
        var graph = Pair(Quantizable(), "x", "q", "small").Node(blocker, "blocker", ["q_dq"]).Node("Relu", "relu", ["blocker"]).Node(layer, "layer", ["blocker", "y"]);
        Assert.Equal([$"stands between 'q_dq' (DequantizeLinear) and 'layer' ({layer}), which then runs in float; remove it"], graph.Messages(DiagnosticCodes.LintFusionBlocked));
        Assert.Empty(Pair(Quantizable(), "x", "q", "small").Node(blocker, "blocker", ["q_dq"]).Node("Relu", "relu", ["blocker"]).Messages(DiagnosticCodes.LintFusionBlocked));
        Assert.Empty(Quantizable().Node(blocker, "blocker", ["x"]).Node(layer, "layer", ["blocker", "y"]).Messages(DiagnosticCodes.LintFusionBlocked));
    }

    [Theory]
    [InlineData("Identity", "Conv", "BatchNormalization", true)]
    [InlineData("Dropout", "ConvTranspose", "BatchNormalization", true)]
    [InlineData("Identity", "Gemm", "BatchNormalization", true)]
    [InlineData("Identity", "MatMul", "BatchNormalization", true)]
    [InlineData("Cast", "Conv", "BatchNormalization", false)]
    [InlineData("Identity", "Relu", "BatchNormalization", false)]
    [InlineData("Identity", "Conv", "Relu", false)]
    public void Nothing_stands_between_a_layer_and_its_norm(string blocker, string layer, string reader, bool found)
    {
        var graph = Quantizable().Node(layer, "layer", ["x", "y"]).Node(blocker, "blocker", ["layer"]).Node("Sigmoid", "sigmoid", ["blocker"]).Node(reader, "reader", ["blocker"]);
        Assert.Equal(found ? [$"stands between 'layer' ({layer}) and 'reader' (BatchNormalization), which cannot be fused then; remove it"] : [], graph.Messages(DiagnosticCodes.LintFusionBlocked));
    }

    [Theory]
    [InlineData("Conv", true)]
    [InlineData("ConvTranspose", true)]
    [InlineData("Relu", false)]
    public void A_convolutions_result_stays_float_up_to_the_sum(string source, bool found)
    {
        var graph = Pair(Pair(Quantizable().Node(source, "source", ["x", "y"]), "source", "a", "small"), "z", "b", "large");
        const string finding = "has Q/DQ on both operands, one of them a convolution's result; quantize the other operand only, so that the sum is fused";
        Assert.Empty(graph.Node("Add", "fused", ["source", "b_dq"]).Messages(DiagnosticCodes.LintPartialQuantization));
        Assert.Equal(found ? [finding] : [], graph.Node("Add", "sum", ["a_dq", "b_dq"]).Messages(DiagnosticCodes.LintPartialQuantization));
        Assert.Equal(found ? [finding, finding] : [], graph.Node("Add", "turned", ["b_dq", "a_dq"]).Messages(DiagnosticCodes.LintPartialQuantization));
    }

    [Fact]
    public void Nodes_without_outputs_are_passed_over()
    {
        var graph = Pair(Quantizable().Node("Sigmoid", "sigmoid", ["x"]), "sigmoid", "q", "small").Node("Identity", "identity", ["q_dq"]);
        graph["q"].Output.Clear();
        graph["identity"].Output.Clear();
        Assert.Empty(graph.Messages(DiagnosticCodes.LintPartialQuantization));
        Assert.Empty(graph.Messages(DiagnosticCodes.LintFusionBlocked));
    }

    private static LintGraph Quantizable() => new LintGraph().Input("x", [2]).Input("y", [2]).Input("z", [2])
        .Constant(OnnxTensor.Float("small", [], [0.1f])).Constant(OnnxTensor.Float("large", [], [0.2f])).Constant(OnnxTensor.Int8("zero", [], [0]));

    /// <summary>Adds the nodes <paramref name="name"/> and <paramref name="name"/>_dq.</summary>
    private static LintGraph Pair(LintGraph graph, string source, string name, string scale) =>
        graph.Node("QuantizeLinear", name, [source, scale, "zero"]).Node("DequantizeLinear", $"{name}_dq", [name, scale, "zero"]);
}
