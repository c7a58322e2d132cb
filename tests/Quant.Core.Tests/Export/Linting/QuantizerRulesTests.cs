using Google.Protobuf;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Linting;
using Quant.Core.Export.Onnx;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Tests.Export.Linting;

/// <summary>Scales, zero points, channels and weights of Q and DQ nodes.</summary>
public sealed class QuantizerRulesTests
{
    private static readonly OnnxLintOptions Cpu = new() { Profile = OnnxLintProfile.OnnxRuntimeCpu };

    [Fact]
    public void A_scale_is_a_positive_number_in_a_float_type()
    {
        Assert.Equal(["has a scale of type Double"], Scale(new TensorProto { DataType = (int)DataType.Double, RawData = ByteString.CopyFrom(new byte[8]) }));
        Assert.Equal(["has a scale whose data do not match its shape"], Scale(new TensorProto { DataType = (int)DataType.Float, RawData = ByteString.CopyFrom(new byte[8]) }));
        Assert.Equal(["has the scale -0.5 at 2; a channel without values takes scale 1"], Scale(OnnxTensor.Float("", [3], [1, 2, -0.5f])));
        Assert.Equal(["has the scale ∞ at 0; a channel without values takes scale 1"], Scale(OnnxTensor.Float("", [], [float.PositiveInfinity])).Select(message => message.Replace("Infinity", "∞", StringComparison.Ordinal)));
        Assert.Empty(Scale(OnnxTensor.Float("", [], [float.Epsilon])));
        Assert.Empty(Scale(new TensorProto { DataType = (int)DataType.Bfloat16, RawData = ByteString.CopyFrom(0x80, 0x3F) }));
    }

    [Fact]
    public void A_half_scale_is_a_normal_number()
    {
        // The smallest normal half is 2^-14 (IEEE 754).
        var normal = (Half)MathF.Pow(2, -14);
        Assert.Empty(Scale(OnnxTensor.Half("", [], [normal])));
        Assert.Equal(
            ["has the scale 6.097555160522461E-05 at 1, which is subnormal in FP16"],
            Scale(OnnxTensor.Half("", [2], [normal, BitConverter.UInt16BitsToHalf((ushort)(BitConverter.HalfToUInt16Bits(normal) - 1))])));
    }

    [Theory]
    [InlineData("QuantizeLinear", DataType.Undefined, true)]
    [InlineData("QuantizeLinear", DataType.Uint8, true)]
    [InlineData("QuantizeLinear", DataType.Int8, false)]
    [InlineData("DequantizeLinear", DataType.Undefined, false)]
    public void A_quantizer_without_a_zero_point_gives_uint8_unless_it_says_otherwise(string opType, DataType output, bool refused)
    {
        var graph = new LintGraph(21).Input("x", [2], DataType.Undefined).Constant(OnnxTensor.Float("scale", [], [1])).Node(opType, "node", ["x", "scale"], output == DataType.Undefined ? [] : [("output_dtype", (int)output)]);
        Assert.Equal(refused ? ["has no zero point, which means UINT8; TensorRT takes INT8: add an INT8 zero point of 0"] : [], graph.Messages(DiagnosticCodes.LintZeroPoint));
        Assert.Empty(graph.Messages(DiagnosticCodes.LintZeroPoint, Cpu));
    }

    [Fact]
    public void Integer_kernels_take_any_one_zero_point_and_tensorrt_zeros()
    {
        Assert.Equal(["has the zero point 5; TensorRT takes symmetric quantization only"], Zero(null, 0, 5, 0));
        Assert.Equal(["has the zero point -3; TensorRT takes symmetric quantization only"], Zero(null, -3, -3, -3));
        Assert.Empty(Zero(null, 0, 0, 0));
        Assert.Empty(Zero(Cpu, -3, -3, -3));
        Assert.Equal(["has different zero points per channel, which integer kernels do not take"], Zero(Cpu, 0, 5, 0));
        Assert.Equal(["has 3 scales and 2 zero points"], Zero(null, 0, 0));
    }

    [Theory]
    [InlineData(DataType.Uint8)]
    [InlineData(DataType.Uint16)]
    [InlineData(DataType.Int16)]
    public void Tensorrt_takes_levels_of_8_signed_bits(DataType type)
    {
        var zero = new TensorProto { Name = "zero", DataType = (int)type, RawData = ByteString.CopyFrom(new byte[type == DataType.Uint8 ? 1 : 2]) };
        var graph = new LintGraph(21).Input("x", [2]).Constant(OnnxTensor.Float("scale", [], [1])).Constant(zero).Node("QuantizeLinear", "node", ["x", "scale", "zero"]);
        Assert.Equal([$"quantizes to {type}; TensorRT takes signed INT8"], graph.Messages(DiagnosticCodes.LintZeroPoint));
        Assert.Empty(graph.Messages(DiagnosticCodes.LintZeroPoint, Cpu));
    }

    [Theory]
    [InlineData(1, null, true)]
    [InlineData(1, "10.2", false)]
    [InlineData(2, null, true)]
    [InlineData(2, "10.2", true)]
    public void A_grouped_deconvolution_takes_one_scale(int groups, string? version, bool found)
    {
        var options = new OnnxLintOptions { TensorRtVersion = version is null ? null : Version.Parse(version) };
        var graph = Weight(8, "ConvTranspose", ("group", groups));
        string[] expected = !found ? []
            : groups > 1 ? ["scales the weight of the grouped deconvolution 'layer' per channel, which no axis expresses; set deconv_weight: per_tensor"]
            : ["scales the deconvolution 'layer' per channel, which TensorRT before 10.2 does not take"];
        Assert.Equal(expected, graph.Messages(DiagnosticCodes.LintChannelAxis, options));
        Assert.Empty(graph.Messages(DiagnosticCodes.LintChannelAxis, Cpu));
    }

    [Theory]
    [InlineData(null, "10.2 and later")]
    [InlineData("10.3", "10.3")]
    public void A_deconvolutions_output_channels_are_axis_1(string? version, string name)
    {
        var graph = Weight(8, "ConvTranspose");
        graph["w_dq"].Attribute[0].I = 0;
        Assert.Equal(
            [$"scales axis 0 of the weight of the deconvolution 'layer'; TensorRT {name} takes axis 1 or one scale: set deconv_weight: per_tensor"],
            graph.Messages(DiagnosticCodes.LintChannelAxis, new OnnxLintOptions { TensorRtVersion = version is null ? null : Version.Parse(version) }));
    }

    [Fact]
    public void A_product_with_a_stack_of_matrices_scales_its_last_axis()
    {
        LintGraph Stack(int axis) => new LintGraph().Input("x", [2, 4, 4]).Constant(OnnxTensor.Int8("w", [4, 4, 4], new sbyte[64])).Constant(OnnxTensor.Float("scale", [4], [1, 1, 1, 1])).Constant(OnnxTensor.Int8("zero", [4], new sbyte[4]))
            .Node("DequantizeLinear", "w_dq", ["w", "scale", "zero"], ("axis", axis)).Node("MatMul", "layer", ["x", "w_dq"]);
        Assert.Empty(Stack(2).Messages(DiagnosticCodes.LintChannelAxis));
        Assert.Equal(["scales axis 1 of the weight of 'layer'; its output channels are axis 2"], Stack(1).Messages(DiagnosticCodes.LintChannelAxis));
    }

    [Fact]
    public void A_dequantizer_without_outputs_scales_nobodys_weight()
    {
        var graph = Weight(8, "ConvTranspose");
        graph["w_dq"].Output.Clear();
        Assert.Empty(graph.Messages(DiagnosticCodes.LintChannelAxis));
    }

    [Theory]
    [InlineData("Conv")]
    [InlineData("ConvTranspose")]
    [InlineData("Gemm")]
    [InlineData("MatMul")]
    public void Data_and_weight_are_quantized_together(string opType)
    {
        Assert.Equal(["has a quantized input and a float weight; quantize both or neither"], Layer(opType, "x_dq", "w").Messages(DiagnosticCodes.LintPartialQuantization));
        Assert.Equal(["has a quantized weight and a float input; quantize both or neither"], Layer(opType, "x", "w_dq").Messages(DiagnosticCodes.LintPartialQuantization));
        Assert.Empty(Layer(opType, "x_dq", "w_dq").Messages(DiagnosticCodes.LintPartialQuantization));
        Assert.Empty(Layer(opType, "x", "w").Messages(DiagnosticCodes.LintPartialQuantization));
        Assert.Empty(Layer(opType, "x_dq", "w").Messages(DiagnosticCodes.LintPartialQuantization, Cpu));
        Assert.Equal(["has a quantized weight and a float input; quantize both or neither"], Layer(opType, "x", "w_dq").Messages(DiagnosticCodes.LintPartialQuantization, Cpu));
    }

    [Theory]
    [InlineData("Conv", true)]
    [InlineData("ConvTranspose", true)]
    [InlineData("Gemm", true)]
    [InlineData("MatMul", false)]
    public void A_bias_is_float(string opType, bool refused)
    {
        var graph = Layer(opType, "x_dq", "w_dq", "x_dq");
        Assert.Equal(refused ? ["has a quantized bias; TensorRT adds it in float: store it as a float constant"] : [], graph.Messages(DiagnosticCodes.LintQuantizedBias));
    }

    [Theory]
    [InlineData(0.25f, 0.5f, 0.125f, false)]
    [InlineData(0.25f, 0.5f, 0.12500063f, false)]
    [InlineData(0.25f, 0.5f, 0.1250025f, true)]
    [InlineData(0.25f, 0.5f, 0.124f, true)]
    public void A_cpu_bias_has_the_product_of_the_scales(float input, float weight, float bias, bool refused)
    {
        var graph = new LintGraph().Input("x", [1, 4, 8, 8]);
        foreach (var (name, type, scale) in new[] { ("w", DataType.Int8, weight), ("b", DataType.Int32, bias) })
        {
            graph.Constant(new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(new byte[16]) }).Constant(OnnxTensor.Float($"{name}_scale", [], [scale])).Node("DequantizeLinear", $"{name}_dq", [name, $"{name}_scale"]);
        }

        graph.Constant(OnnxTensor.Float("x_scale", [], [input])).Node("QuantizeLinear", "x_q", ["x", "x_scale"]).Node("DequantizeLinear", "x_dq", ["x_q", "x_scale"]).Node("Conv", "layer", ["x_dq", "w_dq", "b_dq"]);
        Assert.Equal(refused ? ["has a quantized bias whose scale is not input scale × weight scale"] : [], graph.Messages(DiagnosticCodes.LintQuantizedBias, Cpu));
        graph["layer"].Input[0] = "x";
        Assert.Single(graph.Messages(DiagnosticCodes.LintQuantizedBias, Cpu));
    }

    [Theory]
    [InlineData("9.3", "reads the INT8 constant 'w', which TensorRT 9.3 does not take; set onnx_config.prequantized_weights: false")]
    [InlineData("10.0", null)]
    [InlineData(null, null)]
    public void An_int8_constant_goes_into_a_dequantizer(string? version, string? finding)
    {
        var options = new OnnxLintOptions { TensorRtVersion = version is null ? null : Version.Parse(version) };
        Assert.Equal(finding is null ? [] : [finding], Weight(8, "Conv").Messages(DiagnosticCodes.LintPrequantizedWeight, options));
        Assert.Empty(Weight(8, "Conv").Messages(DiagnosticCodes.LintPrequantizedWeight, Cpu));
        Assert.Equal(["reads the INT8 constant 'w' without DequantizeLinear"], Direct(2).Messages(DiagnosticCodes.LintPrequantizedWeight, options));
        Assert.Empty(Direct(2).Messages(DiagnosticCodes.LintPrequantizedWeight, Cpu));
        // One value is a number, not a weight.
        Assert.Empty(Direct(1).Messages(DiagnosticCodes.LintPrequantizedWeight, options));

        static LintGraph Direct(int count) => new LintGraph().Constant(OnnxTensor.Int8("w", [count], new sbyte[count])).Node("Identity", "layer", ["w"]);
    }

    [Fact]
    public void A_weights_quantizer_without_outputs_has_no_readers()
    {
        var graph = new LintGraph().Zeros("w", 2).Constant(OnnxTensor.Float("scale", [], [1])).Node("QuantizeLinear", "q", ["w", "scale"]);
        graph["q"].Output.Clear();
        Assert.Empty(graph.Messages(DiagnosticCodes.LintPrequantizedWeight));
    }

    [Theory]
    [InlineData("QLinearConv")]
    [InlineData("QLinearMatMul")]
    [InlineData("QLinearConcat")]
    [InlineData("QLinearAdd")]
    [InlineData("QLinearGlobalAveragePool")]
    [InlineData("ConvInteger")]
    [InlineData("MatMulInteger")]
    [InlineData("DynamicQuantizeLinear")]
    [InlineData("QGemm")]
    [InlineData("MatMulIntegerToFloat")]
    public void Integer_operators_of_onnx_runtime_are_no_food_for_tensorrt(string opType)
    {
        var graph = new LintGraph().Input("x", [2]).Node(opType, "node", ["x"]);
        Assert.Equal(["is ONNX Runtime's own integer form, which TensorRT cannot import; export Q/DQ instead"], graph.Messages(DiagnosticCodes.LintUnsupportedOperator));
        Assert.Empty(graph.Messages(DiagnosticCodes.LintUnsupportedOperator, Cpu));
    }

    [Theory]
    [InlineData("Conv", new long[] { 16, 16, 3, 3 }, 1, null)]
    [InlineData("Conv", new long[] { 15, 16, 3, 3 }, 1, "convolutions with fewer than 16 channels")]
    [InlineData("Conv", new long[] { 16, 15, 3, 3 }, 1, "convolutions with fewer than 16 channels")]
    [InlineData("Conv", new long[] { 32, 16, 3, 3 }, 2, null)]
    [InlineData("Conv", new long[] { 32, 8, 3, 3 }, 2, null)]
    [InlineData("Conv", new long[] { 32, 1, 3, 3 }, 32, "depthwise convolutions")]
    [InlineData("Conv", new long[] { 64, 1, 3, 3 }, 32, null)]
    [InlineData("ConvTranspose", new long[] { 32, 1, 2, 2 }, 32, "depthwise convolutions")]
    [InlineData("ConvTranspose", new long[] { 32, 2, 2, 2 }, 32, null)]
    [InlineData("ConvTranspose", new long[] { 16, 15, 2, 2 }, 1, "convolutions with fewer than 16 channels")]
    [InlineData("MatMul", new long[] { 16, 16 }, 1, null)]
    [InlineData("MatMul", new long[] { 16, 1 }, 1, "matrix-vector products")]
    [InlineData("Gemm", new long[] { 1, 16 }, 1, "matrix-vector products")]
    public void Layers_that_gain_nothing_from_int8_are_named(string opType, long[] weight, int group, string? kind)
    {
        var graph = Layer(opType, "x_dq", "w_dq", weight: weight);
        graph["layer"].Attribute.Add(OnnxNode.Attribute("group", group));
        var expected = kind is null ? Array.Empty<string>() : [$"{kind} gain little or nothing from INT8: layer; quantization.sensitive_layers keeps them in FP16"];
        Assert.Equal(expected, graph.Check().Where(item => item.Code == DiagnosticCodes.LintSlowInt8).Select(item => item.Message));
        Assert.DoesNotContain(Layer(opType, "x", "w", weight: weight).Check(), item => item.Code == DiagnosticCodes.LintSlowInt8);
    }

    [Theory]
    [InlineData(DataType.Float, false)]
    [InlineData(DataType.Float16, true)]
    [InlineData(DataType.Bfloat16, true)]
    [InlineData(DataType.Int8, true)]
    [InlineData(DataType.Uint8, true)]
    [InlineData(DataType.Int64, false)]
    public void Consumers_hand_over_fp32(DataType type, bool warned)
    {
        var graph = new LintGraph().Input("x", [2], type).Output("x", [2], type);
        var finding = $"graph input or output 'x' is {type}; consumers (Autoware) hand over FP32 buffers";
        Assert.Equal(warned ? [finding, finding] : [], graph.Check().Where(item => item.Code == DiagnosticCodes.LintGraphIo).Select(item => item.Message));
    }

    private static IEnumerable<string> Scale(TensorProto scale)
    {
        scale.Name = "scale";
        return new LintGraph(19).Zeros("w", 3, 3).Constant(scale).Node("QuantizeLinear", "node", ["w", "scale"]).Messages(DiagnosticCodes.LintScale);
    }

    private static IEnumerable<string> Zero(OnnxLintOptions? options, params sbyte[] zeros) =>
        new LintGraph().Zeros("w", 3, 3).Constant(OnnxTensor.Float("scale", [3], [1, 1, 1])).Constant(OnnxTensor.Int8("zero", [zeros.Length], zeros))
            .Node("QuantizeLinear", "node", ["w", "scale", "zero"]).Messages(DiagnosticCodes.LintZeroPoint, options);

    /// <summary>A layer that reads an INT8 weight [n, n, 2, 2] through a DQ with n scales.</summary>
    private static LintGraph Weight(int channels, string opType, params (string, object)[] attributes) => new LintGraph().Input("x", [1, channels, 4, 4])
        .Constant(OnnxTensor.Int8("w", [channels, channels, 2, 2], new sbyte[channels * channels * 4]))
        .Constant(OnnxTensor.Float("scale", [channels], [.. Enumerable.Repeat(1f, channels)]))
        .Constant(OnnxTensor.Int8("zero", [channels], new sbyte[channels]))
        .Node("DequantizeLinear", "w_dq", ["w", "scale", "zero"], ("axis", opType == "Conv" ? 0 : 1))
        .Node(opType, "layer", ["x", "w_dq"], attributes);

    private static LintGraph Layer(string opType, string data, string values, string? bias = null, long[]? weight = null)
    {
        var graph = new LintGraph().Input("x", null).Zeros("w", weight ?? [16, 16, 3, 3]).Constant(OnnxTensor.Float("scale", [], [1])).Constant(OnnxTensor.Int8("zero", [], [0]));
        foreach (var name in new[] { "x", "w" })
        {
            graph.Node("QuantizeLinear", $"{name}_q", [name, "scale", "zero"]).Node("DequantizeLinear", $"{name}_dq", [$"{name}_q", "scale", "zero"]);
        }

        return graph.Node(opType, "layer", bias is null ? [data, values] : [data, values, bias]);
    }
}
