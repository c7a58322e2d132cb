using Google.Protobuf;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Linting;
using Quant.Core.Export.Onnx;
using static Quant.Core.Tests.Export.Linting.CleanGraph;
using static Quant.Core.Tests.Export.Linting.OnnxNode;
using AttributeType = Quant.Core.Export.Onnx.AttributeProto.Types.AttributeType;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Tests.Export.Linting;

/// <summary>One change of a clean network for every rule.</summary>
public sealed class LintExampleTests
{
    public static TheoryData<string, string, int, string> FailingExamples { get; } = new()
    {
        { "no graph", DiagnosticCodes.LintStructure, 1, "the model holds no graph" },
        { "no outputs", DiagnosticCodes.LintStructure, 1, "the graph has no outputs" },
        { "missing input", DiagnosticCodes.LintStructure, 2, $"node '{First}' (Conv) reads 'nowhere', which nothing defines" },
        { "unsorted", DiagnosticCodes.LintStructure, 1, $"node '{First}/Relu' (Relu) reads '{First}/linear_out' before the node that writes it; sort the nodes" },
        { "written twice", DiagnosticCodes.LintStructure, 2, $"node '{Second}/Relu' (Relu) writes '{First}', which is defined already" },
        { "constant twice", DiagnosticCodes.LintStructure, 1, $"constant '{First}._input_quantizer.scale' has no name or is defined twice" },
        { "constant short", DiagnosticCodes.LintStructure, 3, $"constant '{First}._input_quantizer.scale' of shape [] holds 3 bytes" },
        { "constant overflow", DiagnosticCodes.LintStructure, 5, $"constant '{First}._input_quantizer.scale' has a negative or overflowing shape [1099511627776, 1099511627776]" },
        { "output unwritten", DiagnosticCodes.LintStructure, 1, "graph output 'nothing' is written by no node" },
        { "node name twice", DiagnosticCodes.LintStructure, 1, $"2 nodes have the name '{First}'; layer reports cannot tell them apart" },
        { "no opset", DiagnosticCodes.LintOpset, 1, "the model imports 0 opsets of the default domain; it needs exactly one" },
        { "unknown domain", DiagnosticCodes.LintOpset, 1, "nodes use the domain 'org.example', which the model does not import" },
        { "unknown attribute", DiagnosticCodes.LintOpset, 1, $"node '{First}' (Conv) has the attribute 'colour', which opset 17 does not know" },
        { "missing attribute", DiagnosticCodes.LintOpset, 2, "node 'pts_neck/Concat' (Concat) lacks the attribute 'axis'" },
        { "wrong attribute type", DiagnosticCodes.LintOpset, 1, "node 'pts_neck/Concat' (Concat) has the attribute 'axis' with a value that is not Int" },
        { "too many inputs", DiagnosticCodes.LintOpset, 2, $"node '{First}/Relu' (Relu) has 2 inputs and 1 outputs, which opset 17 does not allow" },
        { "axes in opset 18", DiagnosticCodes.LintOpset, 1, "node 'max' (ReduceMax) has the attribute 'axes', which opset 18 does not know" },
        { "half scale in opset 17", DiagnosticCodes.LintOpset, 2, $"node '{First}._input_quantizer/QuantizeLinear' (QuantizeLinear) has an FP16 scale, which needs opset 19 and has 17" },
        { "mixed types", DiagnosticCodes.LintType, 1, $"node '{First}' (Conv) reads Float and Float16; its inputs must have one type" },
        { "declared type", DiagnosticCodes.LintType, 1, "node 'pts_bbox_head.task_heads.0.heatmap.1' (Conv) gives Float, and 'heatmap' is declared as Int64" },
        { "quantize int8", DiagnosticCodes.LintType, 4, $"node '{First}' (Conv) reads Int8 and Float; its inputs must have one type" },
        { "dequantize float", DiagnosticCodes.LintType, 1, $"node '{First}._input_quantizer/DequantizeLinear' (DequantizeLinear) dequantizes a tensor that is Float already" },
        { "wrong channels", DiagnosticCodes.LintShape, 2, $"node '{Second}' (Conv) takes 15 channels and gets 16" },
        { "wrong bias", DiagnosticCodes.LintShape, 1, $"node '{Second}' (Conv) has a bias of shape [15] for 16 output channels" },
        { "wrong kernel", DiagnosticCodes.LintShape, 1, $"node '{Second}' (Conv) has kernel_shape [5, 3] for the weight [16, 16, 3, 3]" },
        { "declared shape", DiagnosticCodes.LintShape, 1, "node 'pts_bbox_head.task_heads.0.heatmap.1' (Conv) gives [?, 5, ?, ?], and 'heatmap' is declared as [?, 99, ?, ?]" },
        { "huge block", DiagnosticCodes.LintShape, 1, "node 'd2s' (DepthToSpace) spreads [?, 16, ?, ?] over blocks of 4294967296×4294967296" },
        { "zero point 1", DiagnosticCodes.LintZeroPoint, 2, $"node '{First}._input_quantizer/QuantizeLinear' (QuantizeLinear) has the zero point 1; TensorRT takes symmetric quantization only" },
        { "zero point uint8", DiagnosticCodes.LintZeroPoint, 2, $"node '{First}._input_quantizer/QuantizeLinear' (QuantizeLinear) quantizes to Uint8; TensorRT takes signed INT8" },
        { "zero point absent", DiagnosticCodes.LintZeroPoint, 2, $"node '{First}._input_quantizer/QuantizeLinear' (QuantizeLinear) has no zero point, which means UINT8; TensorRT takes INT8: add an INT8 zero point of 0" },
        { "zero point count", DiagnosticCodes.LintZeroPoint, 2, $"node '{First}._weight_quantizer/QuantizeLinear' (QuantizeLinear) has 16 scales and 15 zero points" },
        { "zero point dynamic", DiagnosticCodes.LintZeroPoint, 2, $"node '{First}._input_quantizer/QuantizeLinear' (QuantizeLinear) has a zero point that is no readable constant" },
        { "scale zero", DiagnosticCodes.LintScale, 2, $"node '{First}._input_quantizer/QuantizeLinear' (QuantizeLinear) has the scale 0 at 0; a channel without values takes scale 1" },
        { "scale negative", DiagnosticCodes.LintScale, 2, $"node '{First}._input_quantizer/QuantizeLinear' (QuantizeLinear) has the scale -1 at 0; a channel without values takes scale 1" },
        { "scale NaN", DiagnosticCodes.LintScale, 2, $"node '{First}._input_quantizer/QuantizeLinear' (QuantizeLinear) has the scale NaN at 0; a channel without values takes scale 1" },
        { "scale subnormal half", DiagnosticCodes.LintScale, 4, $"node '{First}._input_quantizer/QuantizeLinear' (QuantizeLinear) has the scale 5.960464477539063E-08 at 0, which is subnormal in FP16" },
        { "scale dynamic", DiagnosticCodes.LintScale, 1, $"node '{Second}._input_quantizer/QuantizeLinear' (QuantizeLinear) has a scale that is no constant" },
        { "scale rank 2", DiagnosticCodes.LintScale, 2, $"node '{First}._input_quantizer/QuantizeLinear' (QuantizeLinear) has a scale of rank 2; rank 0 is per tensor, rank 1 per channel" },
        { "activation per channel", DiagnosticCodes.LintChannelAxis, 4, $"node '{First}._input_quantizer/QuantizeLinear' (QuantizeLinear) has a scale per channel on an activation; only weights can have one" },
        { "weight axis", DiagnosticCodes.LintChannelAxis, 2, $"node '{First}._weight_quantizer/DequantizeLinear' (DequantizeLinear) scales axis 1 of the weight of '{First}'; a convolution's output channels are axis 0" },
        { "weight length", DiagnosticCodes.LintChannelAxis, 4, $"node '{First}._weight_quantizer/QuantizeLinear' (QuantizeLinear) has 7 scales for 16 channels on axis 0 of [16, 16, 3, 3]" },
        { "deconv axis", DiagnosticCodes.LintChannelAxis, 5, $"node '{Deconv}._weight_quantizer/QuantizeLinear' (QuantizeLinear) has 64 scales for 16 channels on axis 1 of [64, 16, 2, 2]" },
        { "quantized bias", DiagnosticCodes.LintQuantizedBias, 2, $"node '{First}' (Conv) has a quantized bias; TensorRT adds it in float: store it as a float constant" },
        { "double quantization", DiagnosticCodes.LintDoubleQuantization, 2, $"node '{Second}._input_quantizer/QuantizeLinear' (QuantizeLinear) quantizes again what 'again' gives, with another scale; keep one Q/DQ pair on the tensor" },
        { "two quantizers", DiagnosticCodes.LintDoubleQuantization, 1, $"node 'other' (QuantizeLinear) quantizes '{First}', which '{Second}._input_quantizer/QuantizeLinear' quantizes with another scale; layers that read one tensor should share a quantizer" },
        { "weight q and dq differ", DiagnosticCodes.LintDoubleQuantization, 1, $"node '{First}._weight_quantizer/DequantizeLinear' (DequantizeLinear) has another scale than '{First}._weight_quantizer/QuantizeLinear', which quantizes its weight" },
        { "concat scales", DiagnosticCodes.LintConcatScales, 3, "node 'pts_neck/Concat' (Concat) joins tensors with different scales (left, right); give them one scale, the largest" },
        { "concat mixed", DiagnosticCodes.LintConcatScales, 2, "node 'pts_neck/Concat' (Concat) joins 1 quantized and 2 float tensors; quantize all or none" },
        { "cast before conv", DiagnosticCodes.LintFusionBlocked, 2, $"node 'cast' (Cast) stands between '{First}._input_quantizer/DequantizeLinear' (DequantizeLinear) and '{First}' (Conv), which then runs in float; remove it" },
        { "identity before norm", DiagnosticCodes.LintFusionBlocked, 1, $"node 'identity' (Identity) stands between '{First}' (Conv) and 'norm' (BatchNormalization), which cannot be fused then; remove it" },
        { "int8 weight without dq", DiagnosticCodes.LintPrequantizedWeight, 5, $"node '{First}._weight_quantizer/QuantizeLinear' (QuantizeLinear) quantizes the INT8 constant '{First}.weight' again; feed it to DequantizeLinear" },
        { "int8 weight quantized again", DiagnosticCodes.LintPrequantizedWeight, 2, $"node '{First}._weight_quantizer/QuantizeLinear' (QuantizeLinear) quantizes the INT8 constant '{First}.weight' again; feed it to DequantizeLinear" },
        { "weight q without dq", DiagnosticCodes.LintPrequantizedWeight, 3, $"node '{First}._weight_quantizer/QuantizeLinear' (QuantizeLinear) quantizes a weight that '{First}' (Conv) reads without DequantizeLinear" },
        { "qlinearconv", DiagnosticCodes.LintUnsupportedOperator, 1, $"node '{First}' (QLinearConv) is ONNX Runtime's own integer form, which TensorRT cannot import; export Q/DQ instead" },
        { "narrow int8", DiagnosticCodes.LintSlowInt8, 6, $"convolutions with fewer than 16 channels gain little or nothing from INT8: {Second}; quantization.sensitive_layers keeps them in FP16" },
        { "depthwise int8", DiagnosticCodes.LintSlowInt8, 1, $"depthwise convolutions gain little or nothing from INT8: {Second}; quantization.sensitive_layers keeps them in FP16" },
        { "vector int8", DiagnosticCodes.LintSlowInt8, 1, "matrix-vector products gain little or nothing from INT8: product; quantization.sensitive_layers keeps them in FP16" },
        { "float weight", DiagnosticCodes.LintPartialQuantization, 1, $"node '{First}' (Conv) has a quantized input and a float weight; quantize both or neither" },
        { "both operands of add", DiagnosticCodes.LintPartialQuantization, 1, "node 'add' (Add) has Q/DQ on both operands, one of them a convolution's result; quantize the other operand only, so that the sum is fused" },
        { "inside silu", DiagnosticCodes.LintPartialQuantization, 1, "node 'sigmoid_q' (QuantizeLinear) stands inside SiLU, after 'sigmoid'; quantize the product instead" },
        { "half input", DiagnosticCodes.LintGraphIo, 2, "graph input or output 'spatial_features' is Float16; consumers (Autoware) hand over FP32 buffers" },
    };

    [Theory]
    [MemberData(nameof(FailingExamples))]
    public void Each_rule_finds_its_failing_example(string example, string code, int findings, string message)
    {
        var model = Clean.Clone();
        Assert.Empty(OnnxLinter.Check(model));
        Changes.Single(item => item.Name == example).Change(model);
        var found = OnnxLinter.Check(model);

        Assert.Equal(message, found.First(item => item.Code == code).Message);
        Assert.Equal(findings, found.Count);
    }

    private static readonly (string Name, Action<ModelProto> Change)[] Changes =
    [
        ("no graph", model => model.Graph = null),
        ("no outputs", model => model.Graph.Output.Clear()),
        ("missing input", model => Find(model, First).Input[0] = "nowhere"),
        ("unsorted", model => Move(model, First)),
        ("written twice", model => Find(model, $"{Second}/Relu").Output[0] = First),
        ("constant twice", model => model.Graph.Initializer.Add(model.Graph.Initializer[0].Clone())),
        ("constant short", model => model.Graph.Initializer[0].RawData = ByteString.CopyFrom(1, 2, 3)),
        ("constant overflow", model => model.Graph.Initializer[0].Dims.AddRange([1L << 40, 1L << 40])),
        ("output unwritten", model => model.Graph.Output[0].Name = "nothing"),
        ("node name twice", model => Find(model, Second).Name = First),
        ("no opset", model => model.OpsetImport.Clear()),
        ("unknown domain", model => Find(model, First).Domain = "org.example"),
        ("unknown attribute", model => Find(model, First).Attribute.Add(Attribute("colour", 1))),
        ("missing attribute", model => Find(model, "pts_neck/Concat").Attribute.Clear()),
        ("wrong attribute type", model => Find(model, "pts_neck/Concat").Attribute[0].Ints.Add(1)),
        ("too many inputs", model => Find(model, $"{First}/Relu").Input.Add(First)),
        ("axes in opset 18", model =>
        {
            model.OpsetImport[0].Version = 18;
            var node = Node("ReduceMax", "max", ["spatial_features"], "max_out");
            node.Attribute.Add(new AttributeProto { Name = "axes", Type = AttributeType.Ints });
            model.Graph.Node.Add(node);
        }),
        ("half scale in opset 17", model => Replace(model, $"{First}._input_quantizer.scale", OnnxTensor.Half("", [], [(Half)0.1]))),
        ("mixed types", model => Replace(model, $"{First}.bias", OnnxTensor.Half("", [16], new Half[16]))),
        ("declared type", model => model.Graph.Output[0].Type.TensorType.ElemType = (int)DataType.Int64),
        ("quantize int8", model => Find(model, $"{First}._input_quantizer/DequantizeLinear").OpType = "QuantizeLinear"),
        ("dequantize float", model => Find(model, $"{First}._input_quantizer/DequantizeLinear").Input[0] = "spatial_features"),
        ("wrong channels", model => Replace(model, $"{Second}.weight", OnnxTensor.Float("", [16, 15, 3, 3], new float[16 * 15 * 9]))),
        ("wrong bias", model => Replace(model, $"{Second}.bias", OnnxTensor.Float("", [15], new float[15]))),
        ("wrong kernel", model => Attribute(model, Second, "kernel_shape").Ints[0] = 5),
        ("declared shape", model => model.Graph.Output[0].Type.TensorType.Shape.Dim[1].DimValue = 99),
        ("huge block", model =>
        {
            var node = Node("DepthToSpace", "d2s", [First], "d2s_out");
            node.Attribute.Add(Attribute("blocksize", 1L << 32));
            model.Graph.Node.Add(node);
        }),
        ("zero point 1", model => Replace(model, $"{First}._input_quantizer.zero_point", OnnxTensor.Int8("", [], [1]))),
        ("zero point uint8", model => Replace(model, $"{First}._input_quantizer.zero_point", OnnxTensor.UInt8("", [], [0]))),
        ("zero point absent", model => Find(model, $"{First}._input_quantizer/QuantizeLinear").Input.RemoveAt(2)),
        ("zero point count", model => Replace(model, $"{First}._weight_quantizer.zero_point", OnnxTensor.Int8("", [15], new sbyte[15]))),
        ("zero point dynamic", model => Find(model, $"{First}._input_quantizer/QuantizeLinear").Input[2] = "spatial_features"),
        ("scale zero", model => Replace(model, $"{First}._input_quantizer.scale", OnnxTensor.Float("", [], [0]))),
        ("scale negative", model => Replace(model, $"{First}._input_quantizer.scale", OnnxTensor.Float("", [], [-1]))),
        ("scale NaN", model => Replace(model, $"{First}._input_quantizer.scale", OnnxTensor.Float("", [], [float.NaN]))),
        ("scale subnormal half", model => Replace(model, $"{First}._input_quantizer.scale", OnnxTensor.Half("", [], [Half.Epsilon]))),
        ("scale dynamic", model => Find(model, $"{Second}._input_quantizer/QuantizeLinear").Input[1] = "spatial_features"),
        ("scale rank 2", model => Replace(model, $"{First}._input_quantizer.scale", OnnxTensor.Float("", [1, 1], [1]))),
        ("activation per channel", model => Replace(model, $"{First}._input_quantizer.scale", OnnxTensor.Float("", [16], [.. Enumerable.Repeat(1f, 16)]))),
        ("weight axis", model => Attribute(model, $"{First}._weight_quantizer/DequantizeLinear", "axis").I = 1),
        ("weight length", model => Replace(model, $"{First}._weight_quantizer.scale", OnnxTensor.Float("", [7], [.. Enumerable.Repeat(1f, 7)]))),
        ("deconv axis", model =>
        {
            Replace(model, $"{Deconv}._weight_quantizer.scale", OnnxTensor.Float("", [64], [.. Enumerable.Repeat(1f, 64)]));
            Find(model, $"{Deconv}._weight_quantizer/DequantizeLinear").Attribute.Add(Attribute("axis", 0));
        }),
        ("quantized bias", model => Insert(model, First, 2, "DequantizeLinear", "bias_dq", $"{First}._input_quantizer.scale", $"{First}._input_quantizer.zero_point")),
        ("double quantization", model => Insert(model, $"{Second}._input_quantizer/QuantizeLinear", 0, "DequantizeLinear", "again", $"{First}._input_quantizer.scale", $"{First}._input_quantizer.zero_point")),
        ("two quantizers", model =>
        {
            var copy = Find(model, $"{Second}._input_quantizer/QuantizeLinear").Clone();
            (copy.Name, copy.Output[0], copy.Input[1]) = ("other", "other_out", $"{First}._input_quantizer.scale");
            model.Graph.Node.Add(copy);
        }),
        ("weight q and dq differ", model => Find(model, $"{First}._weight_quantizer/DequantizeLinear").Input[1] = $"{Second}._weight_quantizer.scale"),
        ("concat scales", model =>
        {
            Insert(model, "pts_neck/Concat", 0, "DequantizeLinear", "left", $"{First}._input_quantizer.scale", $"{First}._input_quantizer.zero_point");
            Insert(model, "pts_neck/Concat", 1, "DequantizeLinear", "right", $"{Second}._input_quantizer.scale", $"{First}._input_quantizer.zero_point");
        }),
        ("concat mixed", model => Insert(model, "pts_neck/Concat", 0, "DequantizeLinear", "left", $"{First}._input_quantizer.scale", $"{First}._input_quantizer.zero_point")),
        ("cast before conv", model => Insert(model, First, 0, "Cast", "cast")),
        ("identity before norm", model =>
        {
            model.Graph.Node.Add(Node("Identity", "identity", [$"{First}/linear_out"], "identity_out"));
            model.Graph.Node.Add(Node("BatchNormalization", "norm", ["identity_out", $"{First}.bias", $"{First}.bias", $"{First}.bias", $"{First}.bias"], "norm_out"));
        }),
        ("int8 weight without dq", model =>
        {
            Replace(model, $"{First}.weight", OnnxTensor.Int8("", [16, 16, 3, 3], new sbyte[16 * 16 * 9]));
            Find(model, First).Input[1] = $"{First}.weight";
        }),
        ("int8 weight quantized again", model => Replace(model, $"{First}.weight", OnnxTensor.Int8("", [16, 16, 3, 3], new sbyte[16 * 16 * 9]))),
        ("weight q without dq", model => Find(model, First).Input[1] = $"{First}._weight_quantizer/quantized"),
        ("qlinearconv", model => Find(model, First).OpType = "QLinearConv"),
        ("narrow int8", model => Replace(model, $"{Second}.weight", OnnxTensor.Float("", [8, 16, 3, 3], new float[8 * 16 * 9]))),
        ("depthwise int8", model =>
        {
            Attribute(model, Second, "group").I = 16;
            Replace(model, $"{Second}.weight", OnnxTensor.Float("", [16, 1, 3, 3], new float[16 * 9]));
        }),
        ("vector int8", model =>
        {
            model.Graph.Initializer.Add(OnnxTensor.Int8("vector", [16, 1], new sbyte[16]));
            string[] parameters = [$"{First}._input_quantizer.scale", $"{First}._input_quantizer.zero_point"];
            model.Graph.Node.Add(Node("DequantizeLinear", "vector_dq", ["vector", .. parameters], "vector_out"));
            model.Graph.Node.Add(Node("MatMul", "product", [$"{First}._input_quantizer/dequantized", "vector_out"], "product_out"));
        }),
        ("float weight", model => Find(model, First).Input[1] = $"{First}.weight"),
        ("both operands of add", model => model.Graph.Node.Add(Node("Add", "add", [ConvResult(model), $"{First}._input_quantizer/dequantized"], "add_out"))),
        ("inside silu", model =>
        {
            string[] parameters = [$"{First}._input_quantizer.scale", $"{First}._input_quantizer.zero_point"];
            model.Graph.Node.Add(Node("Sigmoid", "sigmoid", [First], "sigmoid_out"));
            model.Graph.Node.Add(Node("QuantizeLinear", "sigmoid_q", ["sigmoid_out", .. parameters], "sigmoid_levels"));
            model.Graph.Node.Add(Node("DequantizeLinear", "sigmoid_dq", ["sigmoid_levels", .. parameters], "sigmoid_back"));
            model.Graph.Node.Add(Node("Mul", "silu", [First, "sigmoid_back"], "silu_out"));
        }),
        ("half input", model => model.Graph.Input[0].Type.TensorType.ElemType = (int)DataType.Float16),
    ];

    private static string ConvResult(ModelProto model)
    {
        string[] parameters = [$"{First}._input_quantizer.scale", $"{First}._input_quantizer.zero_point"];
        model.Graph.Node.Add(Node("QuantizeLinear", "result_q", [$"{First}/linear_out", .. parameters], "result_levels"));
        model.Graph.Node.Add(Node("DequantizeLinear", "result_dq", ["result_levels", .. parameters], "result_back"));
        return "result_back";
    }
}
