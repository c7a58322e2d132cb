using Microsoft.ML.OnnxRuntime;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Onnx;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Tests.Export.Linting;

/// <summary>The linter's types and shapes beside those that ONNX Runtime computes.</summary>
public sealed class OperatorInferenceTests
{
    private static readonly TensorProto Levels = OnnxTensor.Int8("levels", [2, 3], new sbyte[6]);

    private static readonly Dictionary<string, LintGraph> Known = new(StringComparer.Ordinal)
    {
        ["relu"] = Floats("Relu", [[2, 3, 4]]),
        ["sigmoid"] = Floats("Sigmoid", [[2, 3]]),
        ["tanh"] = Floats("Tanh", [[2, 3]]),
        ["leaky relu"] = Floats("LeakyRelu", [[2, 3]]),
        ["clip"] = Floats("Clip", [[2, 3]]),
        ["softmax"] = Floats("Softmax", [[2, 3]]),
        ["erf"] = Floats("Erf", [[5]]),
        ["sqrt"] = Floats("Sqrt", [[5, 1]]),
        ["identity"] = Floats("Identity", [[]]),
        ["dropout"] = Floats("Dropout", [[2, 3]]),
        ["batch norm"] = Floats("BatchNormalization", [[1, 3, 4, 5], [3], [3], [3], [3]]),
        ["layer norm"] = Floats("LayerNormalization", [[2, 3, 4], [4]]),
        ["constant"] = Of("Constant", [], ("value", OnnxTensor.Int64("", [2, 3], new long[6]))),
        ["cast to half"] = Floats("Cast", [[2, 3]], ("to", (int)DataType.Float16)),
        ["cast to int64"] = Floats("Cast", [[7]], ("to", (int)DataType.Int64)),
        ["quantize to int8"] = Of("QuantizeLinear", [LintGraph.ZeroTensor("x", 2, 3), Ones("scale"), OnnxTensor.Int8("zero", [], [0])]),
        ["quantize to uint8"] = Of("QuantizeLinear", [LintGraph.ZeroTensor("x", 2, 3), Ones("scale"), OnnxTensor.UInt8("zero", [], [0])]),
        ["quantize without a zero point"] = Of("QuantizeLinear", [LintGraph.ZeroTensor("x", 2, 3), Ones("scale")]),
        ["dequantize"] = Of("DequantizeLinear", [Levels, Ones("scale")]),
        ["dequantize to half"] = Of("DequantizeLinear", 19, [Levels, OnnxTensor.Half("scale", [], [(Half)1])]),
        ["conv"] = Floats("Conv", [[1, 4, 9, 8], [6, 4, 3, 3]], ("pads", new[] { 1, 1, 1, 1 })),
        ["conv, strided, padded unevenly, dilated, grouped"] =
            Floats("Conv", [[2, 4, 9, 11], [6, 2, 3, 2]], ("group", 2), ("pads", new[] { 2, 0, 1, 3 }), ("strides", new[] { 2, 3 }), ("dilations", new[] { 1, 2 })),
        ["conv, dilated along rows"] = Floats("Conv", [[1, 2, 12, 7], [3, 2, 3, 2]], ("strides", new[] { 1, 2 }), ("dilations", new[] { 3, 1 })),
        ["conv, one axis"] = Floats("Conv", [[1, 2, 10], [3, 2, 4]], ("strides", new[] { 3 })),
        ["conv, three axes"] = Floats("Conv", [[1, 2, 5, 6, 7], [3, 2, 1, 2, 3]]),
        ["conv with a bias, auto_pad NOTSET"] = Floats("Conv", [[1, 2, 5, 5], [3, 2, 3, 3], [3]], ("auto_pad", "NOTSET")),
        ["deconv, kernel 2 stride 2"] = Floats("ConvTranspose", [[1, 6, 5, 4], [6, 3, 2, 2]], ("strides", new[] { 2, 2 })),
        ["deconv, padded unevenly, dilated, grouped"] =
            Floats("ConvTranspose", [[2, 6, 5, 4], [6, 3, 3, 2]], ("group", 2), ("pads", new[] { 1, 0, 2, 1 }), ("strides", new[] { 2, 3 }), ("dilations", new[] { 2, 1 })),
        ["deconv with output padding"] = Floats("ConvTranspose", [[1, 2, 5, 4], [2, 3, 3, 3]], ("strides", new[] { 3, 2 }), ("output_padding", new[] { 2, 1 })),
        ["concat"] = Floats("Concat", [[1, 2, 3], [1, 5, 3], [1, 1, 3]], ("axis", 1)),
        ["concat from behind"] = Floats("Concat", [[1, 2, 3], [1, 2, 4]], ("axis", -1)),
        ["concat, first axis"] = Floats("Concat", [[4, 2], [5, 2]], ("axis", 0)),
        ["add"] = Floats("Add", [[4, 1, 3], [2, 1]]),
        ["sub, the right is longer"] = Floats("Sub", [[3], [2, 4, 1]]),
        ["mul by a scalar"] = Floats("Mul", [[2, 3], []]),
        ["div"] = Floats("Div", [[1, 3], [5, 1]]),
        ["matmul"] = Floats("MatMul", [[2, 3, 4], [4, 5]]),
        ["matmul, the right is longer"] = Floats("MatMul", [[3, 4], [2, 4, 5]]),
        ["matmul, batches of both"] = Floats("MatMul", [[7, 1, 3, 4], [5, 4, 6]]),
        ["shape"] = Floats("Shape", [[4, 5, 6]]),
        ["max over an axis"] = Floats("ReduceMax", [[4, 5, 6]], ("axes", new[] { 1 }), ("keepdims", 1)),
        ["max over two axes"] = Floats("ReduceMax", [[4, 5, 6]], ("axes", new[] { 0, -1 })),
        ["mean"] = Floats("ReduceMean", [[4, 5, 6]], ("axes", new[] { -2 })),
        ["mean, axes as an input"] = Of("ReduceMean", 18, [LintGraph.ZeroTensor("x", 4, 5, 6), OnnxTensor.Int64("axes", [2], [0, -1])]),
        ["depth to space"] = Floats("DepthToSpace", [[1, 18, 4, 5]], ("blocksize", 3)),
        ["transpose"] = Floats("Transpose", [[2, 3, 4]], ("perm", new[] { 2, 0, 1 })),
        ["transpose, all axes turned"] = Floats("Transpose", [[2, 3, 4]]),
    };

    private static readonly Dictionary<string, (LintGraph Graph, string Shape)> Unknown = new(StringComparer.Ordinal)
    {
        ["rows of a conv"] = (Node("Conv", [[1, 4, -1, 8]], [[6, 4, 3, 3]]), "[1, 6, ?, 6]"),
        ["batch of a conv"] = (Node("Conv", [[-1, 4, 8, -1]], [[6, 4, 3, 3]]), "[?, 6, 6, ?]"),
        ["conv with implicit pads"] = (Node("Conv", [[1, 4, 8, 8]], [[6, 4, 3, 3]], ("auto_pad", "SAME_UPPER")), "[1, 6, ?, ?]"),
        ["conv with strides for another rank"] = (Node("Conv", [[1, 4, 8, 8]], [[6, 4, 3, 3]], ("strides", new[] { 1 })), "[1, 6, ?, ?]"),
        ["conv with pads for another rank"] = (Node("Conv", [[1, 4, 8, 8]], [[6, 4, 3, 3]], ("pads", new[] { 1, 1 })), "[1, 6, ?, ?]"),
        ["conv with dilations for another rank"] = (Node("Conv", [[1, 4, 8, 8]], [[6, 4, 3, 3]], ("dilations", new[] { 1 })), "[1, 6, ?, ?]"),
        ["conv with strides of 0"] = (Node("Conv", [[1, 4, 8, 8]], [[6, 4, 3, 3]], ("strides", new[] { 0, 1 })), "[1, 6, ?, 6]"),
        ["conv of an unknown tensor"] = (Node("Conv", [null], [[6, 4, 3, 3]]), "?"),
        ["conv with a weight of another rank"] = (Node("Conv", [[1, 4, 8, 8]], [[6, 4, 3]]), "?"),
        ["conv without spatial axes"] = (Node("Conv", [[1, 4]], [[6, 4]]), "?"),
        ["deconv with an output_shape"] = (Node("ConvTranspose", [[1, 4, 8, 8]], [[4, 5, 2, 2]], ("output_shape", new[] { 16, 16 })), "[1, 5, ?, ?]"),
        ["deconv with output padding for another rank"] = (Node("ConvTranspose", [[1, 4, 8, 8]], [[4, 5, 2, 2]], ("output_padding", new[] { 1 })), "[1, 5, ?, ?]"),
        ["concat along an unknown size"] = (Node("Concat", [[1, -1], [-1, 3]], [], ("axis", 1)), "[1, ?]"),
        ["concat beside an unknown size"] = (Node("Concat", [[-1, 2], [-1, 3]], [], ("axis", 1)), "[?, 5]"),
        ["concat with an unknown tensor"] = (Node("Concat", [[1, 2], null], [], ("axis", 1)), "?"),
        ["concat of other ranks"] = (Node("Concat", [[1, 2], [1, 2, 3]], [], ("axis", 1)), "?"),
        ["add of unknown sizes"] = (Node("Add", [[-1, 1, -1], [4, -1]], []), "[?, 4, ?]"),
        ["add of a known to an unknown size"] = (Node("Add", [[-1, 5], [3, -1]], []), "[3, 5]"),
        ["add of an unknown tensor"] = (Node("Add", [[1], null], []), "?"),
        ["matmul of a vector"] = (Node("MatMul", [[4], [4, 5]], []), "?"),
        ["matmul with a vector"] = (Node("MatMul", [[5, 4], [4]], []), "?"),
        ["matmul of an unknown tensor"] = (Node("MatMul", [null, [4, 5]], []), "?"),
        ["part of a shape"] = (Node("Shape", [[4, 5, 6]], [], ("start", 1)), "[?]"),
        ["shape of an unknown tensor"] = (Node("Shape", [null], []), "[?]"),
        ["max that drops its axis"] = (Node("ReduceMax", [[4, 5]], [], ("axes", new[] { 1 }), ("keepdims", 0)), "?"),
        ["max over all"] = (Node("ReduceMax", [[4, 5]], []), "?"),
        ["max over an axis that is not there"] = (Node("ReduceMax", [[4, 5]], [], ("axes", new[] { 1, 2, -3 })), "[4, 1]"),
        ["max of an unknown tensor"] = (Node("ReduceMax", [null], [], ("axes", new[] { 1 })), "?"),
        ["depth to space of unknown channels"] = (Node("DepthToSpace", [[1, -1, 4, 5]], [], ("blocksize", 2)), "[1, ?, 8, 10]"),
        ["depth to space of rank 3"] = (Node("DepthToSpace", [[8, 4, 5]], [], ("blocksize", 2)), "?"),
        ["depth to space, block 0"] = (Node("DepthToSpace", [[1, 8, 4, 5]], [], ("blocksize", 0)), "?"),
        ["depth to space, block 1"] = (Node("DepthToSpace", [[1, 8, 4, 5]], [], ("blocksize", 1)), "[1, 8, 4, 5]"),
        ["depth to space, block 32768"] = (Node("DepthToSpace", [[1, 8, 1, 1]], [], ("blocksize", 1 << 15)), "[1, 0, 32768, 32768]"),
        ["depth to space, block 32769"] = (Node("DepthToSpace", [[1, 8, 1, 1]], [], ("blocksize", (1 << 15) + 1)), "?"),
        ["transpose of an unknown tensor"] = (Node("Transpose", [null], []), "?"),
        ["transpose of another rank"] = (Node("Transpose", [[2, 3]], [], ("perm", new[] { 0, 1, 2 })), "?"),
        ["transpose by axes that are not there"] = (Node("Transpose", [[2, 3]], [], ("perm", new[] { 0, 2 })), "?"),
        ["transpose by a negative axis"] = (Node("Transpose", [[2, 3]], [], ("perm", new[] { 0, -1 })), "?"),
        ["gemm"] = (Node("Gemm", [[2, 3], [3, 4]], []), "?"),
        ["an operator that is not known"] = (Node("Einsum", [[2, 3]], []), "?"),
    };

    public static TheoryData<string> KnownShapes => [.. Known.Keys];

    public static TheoryData<string> UnknownShapes => [.. Unknown.Keys];

    [Theory]
    [MemberData(nameof(KnownShapes))]
    public void A_type_and_a_shape_are_those_that_onnx_runtime_computes(string name)
    {
        var graph = Known[name];
        var (type, shape) = Computed(graph.Model);

        Assert.Equal($"[{string.Join(", ", shape)}]", Shape(graph));
        Assert.Equal(type, Type(graph));
        graph.Model.Graph.Output.Clear();
        Assert.DoesNotContain(graph.Output("node", shape, type).Check(), item => item.Code is DiagnosticCodes.LintShape or DiagnosticCodes.LintType);
        for (var axis = 0; axis < shape.Length; axis++)
        {
            graph.Model.Graph.Output.Clear();
            Assert.Single(graph.Output("node", [.. shape.Select((size, index) => index == axis ? size + 1 : size)], type).Messages(DiagnosticCodes.LintShape));
        }
    }

    [Theory]
    [MemberData(nameof(UnknownShapes))]
    public void Nothing_is_said_of_what_the_graph_does_not_tell(string name) => Assert.Equal(Unknown[name].Shape, Shape(Unknown[name].Graph));

    [Theory]
    [InlineData("Gemm")]
    [InlineData("Expand")]
    [InlineData("Reshape")]
    [InlineData("MaxPool")]
    [InlineData("Slice")]
    [InlineData("Squeeze")]
    [InlineData("Unsqueeze")]
    [InlineData("Flatten")]
    [InlineData("Split")]
    [InlineData("Resize")]
    [InlineData("Tile")]
    public void Operators_that_only_move_values_keep_their_type(string opType)
    {
        var graph = Node(opType, [[2, 3]], []);
        Assert.Equal(("?", DataType.Float), (Shape(graph), Type(graph)));
    }

    [Fact]
    public void A_sum_has_the_type_of_the_operand_that_is_known()
    {
        var graph = new LintGraph().Input("x", [2], DataType.Undefined).Zeros("y", 2).Node("Add", "node", ["x", "y"]);
        Assert.Equal(DataType.Float, Type(graph));
    }

    [Fact]
    public void The_zero_point_decides_what_a_quantizer_gives()
    {
        var graph = new LintGraph().Input("x", [2]).Input("zero", [], DataType.Undefined).Constant(Ones("scale")).Node("QuantizeLinear", "node", ["x", "scale", "zero"]);
        Assert.Equal(DataType.Undefined, Type(graph));
    }

    private static LintGraph Floats(string opType, long[][] shapes, params (string, object)[] attributes) =>
        Of(opType, [.. shapes.Select((shape, index) => LintGraph.ZeroTensor($"x{index}", shape))], attributes);

    private static LintGraph Of(string opType, TensorProto[] constants, params (string, object)[] attributes) => Of(opType, 17, constants, attributes);

    private static LintGraph Of(string opType, int opset, TensorProto[] constants, params (string, object)[] attributes)
    {
        var graph = new LintGraph(opset);
        foreach (var constant in constants)
        {
            graph.Constant(constant);
        }

        return graph.Node(opType, "node", [.. constants.Select(constant => constant.Name)], attributes);
    }

    private static LintGraph Node(string opType, long[]?[] inputs, long[][] constants, params (string, object)[] attributes)
    {
        var graph = new LintGraph();
        List<string> names = [];
        foreach (var (index, shape) in inputs.Index())
        {
            names.Add($"x{index}");
            graph.Input(names[^1], shape);
        }

        foreach (var (index, shape) in constants.Index())
        {
            names.Add($"w{index}");
            graph.Zeros(names[^1], shape);
        }

        return graph.Node(opType, "node", [.. names], attributes);
    }

    private static TensorProto Ones(string name) => OnnxTensor.Float(name, [], [1]);

    /// <summary>The shape that the linter infers, from what it says of a declaration that cannot be right.</summary>
    private static string Shape(LintGraph graph)
    {
        graph.Model.Graph.Output.Clear();
        var found = graph.Output("node", [1, 2, 3, 4, 5, 6, 7]).Messages(DiagnosticCodes.LintShape).SingleOrDefault(message => message.StartsWith("gives", StringComparison.Ordinal));
        return found is null ? "?" : found["gives ".Length..found.IndexOf(", and", StringComparison.Ordinal)];
    }

    private static DataType Type(LintGraph graph)
    {
        graph.Model.Graph.Output.Clear();
        var found = graph.Output("node", null, DataType.Complex64).Messages(DiagnosticCodes.LintType).SingleOrDefault(message => message.StartsWith("gives", StringComparison.Ordinal));
        return found is null ? DataType.Undefined : Enum.Parse<DataType>(found["gives ".Length..found.IndexOf(", and", StringComparison.Ordinal)]);
    }

    private static (DataType Type, long[] Shape) Computed(ModelProto model)
    {
        var runnable = model.Clone();
        runnable.Graph.Output.Clear();
        runnable.Graph.Output.Add(new ValueInfoProto { Name = "node" });
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, IntraOpNumThreads = 1 };
        using var session = new InferenceSession(OnnxFile.Serialize(runnable), options);
        using var run = new RunOptions();
        using var results = session.Run(run, [], [], session.OutputNames);
        var info = results[0].GetTensorTypeAndShape();
        return (Enum.Parse<DataType>(info.ElementDataType.ToString(), ignoreCase: true), info.Shape);
    }
}
