using Quant.Core.Diagnostics;
using Quant.Core.Export;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Tests.Export.Linting;

public sealed class TypeRulesTests
{
    private static readonly Dictionary<string, (LintGraph Graph, string[] Findings)> Shapes = new(StringComparer.Ordinal)
    {
        ["a conv that fits"] = (Conv([1, 4, 8, 8], [6, 4, 3, 3], [6]), []),
        ["a grouped conv that fits"] = (Conv([1, 4, 8, 8], [6, 2, 3, 3], [6], ("group", 2)), []),
        ["a conv on unknown channels"] = (Conv([1, -1, 8, 8], [6, 4, 3, 3], null), []),
        ["a conv on other channels"] = (Conv([1, 5, 8, 8], [6, 4, 3, 3], null), ["takes 4 channels and gets 5"]),
        ["a grouped conv on other channels"] = (Conv([1, 4, 8, 8], [6, 4, 3, 3], null, ("group", 2)), ["takes 8 channels and gets 4"]),
        ["a conv whose groups do not divide"] = (Conv([1, 8, 8, 8], [6, 2, 3, 3], null, ("group", 4)), ["cannot divide 6 channels into 4 groups"]),
        ["a conv of no groups"] = (Conv([1, 4, 8, 8], [6, 4, 3, 3], null, ("group", 0)), ["has the weight [6, 4, 3, 3] and 0 groups for the input [1, 4, 8, 8]"]),
        ["a weight without spatial axes"] = (Conv([1, 4], [6, 4], null), ["has the weight [6, 4] and 1 groups for the input [1, 4]"]),
        ["a weight of another rank"] = (Conv([1, 4, 8], [6, 4, 3, 3], null), ["has the weight [6, 4, 3, 3] and 1 groups for the input [1, 4, 8]"]),
        ["a weight of rank 3"] = (Conv([1, 4, 8], [6, 4, 3], null), []),
        ["a bias of another length"] = (Conv([1, 4, 8, 8], [6, 4, 3, 3], [4]), ["has a bias of shape [4] for 6 output channels"]),
        ["a bias of rank 2"] = (Conv([1, 4, 8, 8], [6, 4, 3, 3], [6, 1]), ["has a bias of shape [6, 1] for 6 output channels"]),
        ["strides of another rank"] = (Conv([1, 4, 8, 8], [6, 4, 3, 3], null, ("strides", new[] { 1 })), ["has 1 strides for 2 spatial axes"]),
        ["dilations of another rank"] = (Conv([1, 4, 8, 8], [6, 4, 3, 3], null, ("dilations", new[] { 1, 1, 1 })), ["has 3 dilations for 2 spatial axes"]),
        ["pads of another rank"] = (Conv([1, 4, 8, 8], [6, 4, 3, 3], null, ("pads", new[] { 1, 1 })), ["has 2 pads for 2 spatial axes"]),
        ["a kernel of another rank"] = (Conv([1, 4, 8, 8], [6, 4, 3, 3], null, ("kernel_shape", new[] { 3 })), ["has 1 kernel_shape for 2 spatial axes"]),
        ["a kernel that fits"] = (Conv([1, 4, 8, 8], [6, 4, 3, 5], null, ("kernel_shape", new[] { 3, 5 }), ("pads", new[] { 0, 0, 0, 0 }), ("strides", new[] { 1, 1 }), ("dilations", new[] { 1, 1 })), []),
        ["a kernel of another width"] = (Conv([1, 4, 8, 8], [6, 4, 3, 5], null, ("kernel_shape", new[] { 3, 3 })), ["has kernel_shape [3, 3] for the weight [6, 4, 3, 5]"]),
        ["a deconv that fits"] = (Deconv([1, 6, 8, 8], [6, 4, 2, 2], [4]), []),
        ["a grouped deconv that fits"] = (Deconv([1, 6, 8, 8], [6, 4, 2, 2], [8], ("group", 2)), []),
        ["a deconv on other channels"] = (Deconv([1, 4, 8, 8], [6, 4, 2, 2], null), ["takes 6 channels and gets 4"]),
        ["a deconv's bias of its inputs' length"] = (Deconv([1, 6, 8, 8], [6, 4, 2, 2], [6]), ["has a bias of shape [6] for 4 output channels"]),
        ["a deconv whose groups do not divide"] = (Deconv([1, 6, 8, 8], [6, 4, 2, 2], null, ("group", 4)), ["cannot divide 6 channels into 4 groups"]),
        ["a sum that broadcasts"] = (Binary("Add", [4, 1, 3], [2, 1]), []),
        ["a sum with a scalar"] = (Binary("Sub", [4, 1, 3], []), []),
        ["a sum of a vector with rows"] = (Binary("Div", [5], [2, 5]), []),
        ["a sum that does not broadcast"] = (Binary("Add", [4, 2, 3], [5, 2, 3]), ["cannot broadcast [4, 2, 3] and [5, 2, 3]"]),
        ["a product that broadcasts on no axis"] = (Binary("Mul", [4, 2], [3, 5]), ["cannot broadcast [4, 2] and [3, 5]"]),
        ["a sum of an unknown size"] = (Binary("Add", [-1], [5]), []),
        ["a matrix product"] = (Binary("MatMul", [2, 3, 4], [4, 5]), []),
        ["a matrix with a vector"] = (Binary("MatMul", [3, 4], [4]), []),
        ["a vector with a matrix"] = (Binary("MatMul", [4], [4, 5]), []),
        ["a matrix product that does not fit"] = (Binary("MatMul", [2, 3], [2, 3]), ["multiplies [2, 3] by [2, 3]"]),
        ["a matrix with a vector that does not fit"] = (Binary("MatMul", [3, 4], [3]), ["multiplies [3, 4] by [3]"]),
        ["batches of products that do not fit"] = (Binary("MatMul", [2, 3, 4], [3, 4, 5]), ["cannot broadcast [2, 3, 4] and [3, 4, 5]"]),
        ["columns of one product"] = (Binary("MatMul", [3, 1], [4, 5]), ["multiplies [3, 1] by [4, 5]"]),
        ["a join that fits"] = (Concat(1, [1, 2, 3], [1, 4, 3]), []),
        ["a join from behind"] = (Concat(-2, [1, 2, 3], [1, 4, 3]), []),
        ["a join of other sizes"] = (Concat(1, [1, 2, 3], [1, 2, 4]), ["joins [1, 2, 3] and [1, 2, 4] on axis 1"]),
        ["a join of other ranks"] = (Concat(1, [1, 2, 3], [1, 2]), ["joins [1, 2, 3] and [1, 2] on axis 1"]),
        ["a join behind the last axis"] = (Concat(3, [1, 2, 3], [1, 2, 3]), ["joins [1, 2, 3] and [1, 2, 3] on axis 3"]),
        ["a join on the last axis"] = (Concat(2, [1, 2, 3], [1, 2, 3]), []),
        ["a join before the first axis"] = (Concat(-4, [1, 2, 3], [1, 2, 3]), ["joins [1, 2, 3] and [1, 2, 3] on axis -1"]),
        ["a join with unknown sizes"] = (Concat(1, [1, 2, -1], [1, 2, 4]), []),
        ["a join with an unknown tensor"] = (new LintGraph().Input("x", null).Input("y", [1, 2]).Input("z", [3, 3]).Node("Concat", "node", ["x", "y", "z"], ("axis", 1)), ["joins ? and [1, 2] and [3, 3] on axis 1"]),
        ["blocks that divide the channels"] = (Blocks([1, 8, 4, 4], 2), []),
        ["blocks of unknown channels"] = (Blocks([1, -1, 4, 4], 2), []),
        ["blocks that leave channels over"] = (Blocks([1, 6, 4, 4], 2), ["spreads [1, 6, 4, 4] over blocks of 2×2"]),
        ["blocks of nothing"] = (Blocks([1, 8, 4, 4], 0), ["spreads [1, 8, 4, 4] over blocks of 0×0"]),
        ["blocks in three axes"] = (Blocks([8, 4, 4], 2), ["spreads [8, 4, 4] over blocks of 2×2"]),
        ["blocks of one"] = (Blocks([1, 7, 4, 4], 1), []),
        ["the largest block"] = (Blocks([1, 1 << 30, 1, 1], 1 << 15), []),
        ["a block above the largest"] = (Blocks([1, 8, 1, 1], (1 << 15) + 1), ["spreads [1, 8, 1, 1] over blocks of 32769×32769"]),
        ["a shape that is declared otherwise"] = (Binary("Add", [4, 3], [3]).Declare("node", [4, 4]), ["gives [4, 3], and 'node' is declared as [4, 4]"]),
        ["a rank that is declared otherwise"] = (Binary("Add", [4, 3], [3]).Declare("node", [4]), ["gives [4, 3], and 'node' is declared as [4]"]),
        ["a shape that is declared in part"] = (Binary("Add", [4, 3], [3]).Declare("node", [-1, 3]), []),
        ["a declaration of a graph input"] = (Binary("Add", [4, 3], [3]).Declare("x0", [9]), []),
    };

    private static readonly Dictionary<string, (LintGraph Graph, string[] Findings)> Types = new(StringComparer.Ordinal)
    {
        ["a conv of two types"] = (Typed("Conv", (DataType.Float, [1, 1, 3, 3]), (DataType.Float16, [1, 1, 1, 1])), ["reads Float and Float16; its inputs must have one type"]),
        ["a conv with a bias of another type"] = (Typed("Conv", (DataType.Float, [1, 1, 3, 3]), (DataType.Float, [1, 1, 1, 1]), (DataType.Float16, [1])), ["reads Float and Float16; its inputs must have one type"]),
        ["a deconv of two types"] = (Typed("ConvTranspose", (DataType.Float16, [1, 1, 3, 3]), (DataType.Float, [1, 1, 1, 1])), ["reads Float16 and Float; its inputs must have one type"]),
        ["a product of two types"] = (Typed("MatMul", (DataType.Float, [2, 2]), (DataType.Int8, [2, 2])), ["reads Float and Int8; its inputs must have one type"]),
        ["a sum of two types"] = (Typed("Add", (DataType.Float, [2]), (DataType.Int64, [2])), ["reads Float and Int64; its inputs must have one type"]),
        ["a difference of two types"] = (Typed("Sub", (DataType.Float, [2]), (DataType.Int64, [2])), ["reads Float and Int64; its inputs must have one type"]),
        ["a Hadamard product of two types"] = (Typed("Mul", (DataType.Float, [2]), (DataType.Int64, [2])), ["reads Float and Int64; its inputs must have one type"]),
        ["a quotient of two types"] = (Typed("Div", (DataType.Float, [2]), (DataType.Int64, [2])), ["reads Float and Int64; its inputs must have one type"]),
        ["a Gemm with a bias of another type"] = (Typed("Gemm", (DataType.Float, [2, 2]), (DataType.Float, [2, 2]), (DataType.Double, [2])), ["reads Float and Double; its inputs must have one type"]),
        ["a norm with a bias of another type"] = (Typed("LayerNormalization", (DataType.Float, [2, 2]), (DataType.Float, [2]), (DataType.Float16, [2])), ["reads Float and Float16; its inputs must have one type"]),
        ["a join of three types"] = (Typed("Concat", (DataType.Float, [1]), (DataType.Float16, [1]), (DataType.Int8, [1])), ["reads Float and Float16 and Int8; its inputs must have one type"]),
        ["a sum with an unknown type"] = (Typed("Add", (DataType.Float, [2]), (DataType.Undefined, [2])), []),
        ["an operator that takes several types"] = (Typed("Expand", (DataType.Float, [2]), (DataType.Int64, [1])), []),
        ["a quantizer of levels"] = (Typed("QuantizeLinear", (DataType.Int8, [2]), (DataType.Float, []), (DataType.Int8, [])), ["quantizes a tensor that is Int8 already"]),
        ["a quantizer of unsigned levels"] = (Typed("QuantizeLinear", (DataType.Uint8, [2]), (DataType.Float, []), (DataType.Int8, [])), ["quantizes a tensor that is Uint8 already"]),
        ["a quantizer of integers"] = (Typed("QuantizeLinear", (DataType.Int32, [2]), (DataType.Float, []), (DataType.Int8, [])), []),
        ["a dequantizer of FP32"] = (Typed("DequantizeLinear", (DataType.Float, [2]), (DataType.Float, [])), ["dequantizes a tensor that is Float already"]),
        ["a dequantizer of FP16"] = (Typed("DequantizeLinear", (DataType.Float16, [2]), (DataType.Float, [])), ["dequantizes a tensor that is Float16 already"]),
        ["a dequantizer of BF16"] = (Typed("DequantizeLinear", (DataType.Bfloat16, [2]), (DataType.Float, [])), ["dequantizes a tensor that is Bfloat16 already"]),
        ["a dequantizer of FP64"] = (Typed("DequantizeLinear", (DataType.Double, [2]), (DataType.Float, [])), ["dequantizes a tensor that is Double already"]),
        ["a dequantizer with another zero point"] = (Typed("DequantizeLinear", (DataType.Int8, [2]), (DataType.Float, []), (DataType.Uint8, [])), ["reads Int8 with a zero point of Uint8"]),
        ["a dequantizer with its zero point"] = (Typed("DequantizeLinear", (DataType.Uint8, [2]), (DataType.Float, []), (DataType.Uint8, [])), []),
        ["a dequantizer without a zero point"] = (Typed("DequantizeLinear", (DataType.Int32, [2]), (DataType.Float, [])), []),
        ["a type that is declared otherwise"] = (Binary("Add", [4], [4]).Declare("node", null, DataType.Float16), ["gives Float, and 'node' is declared as Float16"]),
        ["a type that is declared as it is"] = (Binary("Add", [4], [4]).Declare("node", null, DataType.Float), []),
    };

    public static TheoryData<string> ShapeCases => [.. Shapes.Keys];

    public static TheoryData<string> TypeCases => [.. Types.Keys];

    [Theory]
    [MemberData(nameof(ShapeCases))]
    public void Shapes_fit_one_another(string name) => Assert.Equal(Shapes[name].Findings, Shapes[name].Graph.Messages(DiagnosticCodes.LintShape));

    [Theory]
    [MemberData(nameof(TypeCases))]
    public void Types_fit_one_another(string name) => Assert.Equal(Types[name].Findings, Types[name].Graph.Messages(DiagnosticCodes.LintType));

    /// <summary>QuantizeLinear's x and y_scale: any float beside FP32 until 18, one type from 19 on, apart again from 23 on (ONNX, docs/Changelog.md).</summary>
    [Theory]
    [InlineData(17, DataType.Float, DataType.Float16, false)]
    [InlineData(18, DataType.Float16, DataType.Float, true)]
    [InlineData(19, DataType.Float, DataType.Float16, true)]
    [InlineData(19, DataType.Float16, DataType.Float16, false)]
    [InlineData(22, DataType.Float, DataType.Float16, true)]
    [InlineData(23, DataType.Float, DataType.Float16, false)]
    [InlineData(21, DataType.Int32, DataType.Float, false)]
    [InlineData(21, DataType.Undefined, DataType.Float, false)]
    public void A_quantizers_scale_has_the_type_that_the_opset_wants(int opset, DataType source, DataType scale, bool refused)
    {
        var graph = new LintGraph(opset).Input("x", [2], source).Input("scale", [], scale).Node("QuantizeLinear", "node", ["x", "scale"]);
        Assert.Equal(refused ? [$"reads {source} with a scale of {scale}; in opset {opset} both must have one type"] : [], graph.Messages(DiagnosticCodes.LintType));
    }

    [Fact]
    public void A_declaration_of_a_foreign_operators_result_is_taken_as_it_is()
    {
        var graph = Binary("Add", [4, 3], [3]).Declare("node", [9]);
        graph["node"].Domain = "org.example";
        Assert.Empty(graph.Messages(DiagnosticCodes.LintShape));
    }

    private static LintGraph Conv(long[] input, long[] weight, long[]? bias, params (string, object)[] attributes) => Convolution("Conv", input, weight, bias, attributes);

    private static LintGraph Deconv(long[] input, long[] weight, long[]? bias, params (string, object)[] attributes) => Convolution("ConvTranspose", input, weight, bias, attributes);

    private static LintGraph Convolution(string opType, long[] input, long[] weight, long[]? bias, (string, object)[] attributes)
    {
        var graph = new LintGraph().Input("x", input).Zeros("w", weight);
        return bias is null ? graph.Node(opType, "node", ["x", "w"], attributes) : graph.Zeros("b", bias).Node(opType, "node", ["x", "w", "b"], attributes);
    }

    private static LintGraph Binary(string opType, long[] left, long[] right) => new LintGraph().Input("x0", left).Input("x1", right).Node(opType, "node", ["x0", "x1"]);

    private static LintGraph Concat(int axis, long[] left, long[] right) => new LintGraph().Input("x0", left).Input("x1", right).Node("Concat", "node", ["x0", "x1"], ("axis", axis));

    private static LintGraph Blocks(long[] shape, int block) => new LintGraph().Input("x", shape).Node("DepthToSpace", "node", ["x"], ("blocksize", block));

    private static LintGraph Typed(string opType, params (DataType Type, long[] Shape)[] inputs)
    {
        var graph = new LintGraph();
        foreach (var (index, input) in inputs.Index())
        {
            graph.Input($"x{index}", input.Shape, input.Type);
        }

        return graph.Node(opType, "node", [.. inputs.Select((_, index) => $"x{index}")]);
    }
}
