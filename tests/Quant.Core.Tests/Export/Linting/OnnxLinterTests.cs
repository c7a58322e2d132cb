using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Linting;
using Quant.Core.Export.Onnx;
using Quant.Core.Models;
using Quant.Core.Quantization;
using AttributeType = Quant.Core.Export.Onnx.AttributeProto.Types.AttributeType;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Tests.Export.Linting;

public sealed class OnnxLinterTests
{
    private const string First = "pts_backbone.blocks.0.0";
    private const string Second = "pts_backbone.blocks.0.3";
    private const string Deconv = "pts_neck.deblocks.2.0";

    private static readonly ExportGraph Dense = SampleGraphs.Dense(16);
    private static readonly ExportGraph Encoder = SampleGraphs.Encoder();
    private static readonly QuantizerTable Ranges = ReferenceRunner.Ranges(Dense, SampleGraphs.Canvas(16, 16));
    private static readonly OnnxExportOptions Int8 = new() { Precision = OnnxPrecision.Int8 };

    /// <summary>A model with no finding at all: the narrow last convolutions are float.</summary>
    private static readonly ModelProto Clean = OnnxExporter.Export(
        Dense,
        Int8,
        Ranges with { Layers = [.. Ranges.Layers.Select(layer => layer.Name.EndsWith(".1", StringComparison.Ordinal) ? layer with { Quantized = false, Input = null, Weight = null } : layer)] }).Model;

    [Fact]
    public void Everything_we_export_is_free_of_errors()
    {
        var points = ReferenceRunner.Ranges(Encoder, SampleGraphs.Points(7, 5, 9));
        var rewritten = KernelStrideDeconvolution.Rewrite(Dense);
        List<ModelProto> models =
        [
            OnnxExporter.Export(Dense, new OnnxExportOptions()).Model,
            OnnxExporter.Export(Encoder, new OnnxExportOptions { Opset = 18 }).Model,
            OnnxExporter.Export(Dense, new OnnxExportOptions { Precision = OnnxPrecision.Fp16 }).Model,
            OnnxExporter.Export(Encoder, new OnnxExportOptions { Precision = OnnxPrecision.Fp16 }).Model,
            OnnxExporter.Export(Dense, Int8, Ranges).Model,
            OnnxExporter.Export(Dense, Int8 with { PrequantizedWeights = true, Opset = 21 }, Ranges).Model,
            OnnxExporter.Export(Dense, Int8 with { Body = OnnxBody.Fp16, Interface = OnnxInterface.Awml(Dense).Fixed(1, 16, 16, 16) }, Ranges).Model,
            OnnxExporter.Export(Encoder, Int8, points).Model,
            OnnxExporter.Export(Encoder, Int8 with { Body = OnnxBody.Fp16 }, points).Model,
            OnnxExporter.Export(rewritten, Int8, KernelStrideDeconvolution.Rewrite(Ranges, Dense)).Model,
        ];
        Assert.All(models, model => Assert.DoesNotContain(OnnxLinter.Check(model), item => item.Severity == Severity.Error));
        var cpu = new OnnxLintOptions { Profile = OnnxLintProfile.OnnxRuntimeCpu };
        Assert.Empty(OnnxLinter.Check(CpuFormExporter.Export(Dense, Ranges, new CpuFormOptions { NonNegativeInput = true }), cpu));
        Assert.Empty(OnnxLinter.Check(CpuFormExporter.Export(Encoder, points, new CpuFormOptions { NonNegativeInput = false }), cpu));
    }

    [Fact]
    public void The_cpu_form_is_refused_for_tensorrt()
    {
        var found = OnnxLinter.Check(CpuFormExporter.Export(Dense, Ranges, new CpuFormOptions { NonNegativeInput = true }), new OnnxLintOptions { File = "int8.onnx" });
        Assert.Contains(found, item => item.Code == DiagnosticCodes.LintZeroPoint);
        Assert.Contains(found, item => item.Code == DiagnosticCodes.LintQuantizedBias);
        Assert.All(found, item => Assert.Equal("int8.onnx", item.Location!.File));
    }

    /// <summary>A change of the clean model, the finding it is meant for, and how many findings there are in all.</summary>
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

    [Fact]
    public void A_finding_names_its_node_and_the_next_step()
    {
        var model = Clean.Clone();
        Replace(model, $"{First}._input_quantizer.scale", OnnxTensor.Float("", [], [0]));
        Assert.Equal(
            [
                $"deploy: error QNT0425: node '{First}._input_quantizer/QuantizeLinear' (QuantizeLinear) has the scale 0 at 0; a channel without values takes scale 1",
                $"deploy: error QNT0425: node '{First}._input_quantizer/DequantizeLinear' (DequantizeLinear) has the scale 0 at 0; a channel without values takes scale 1",
            ],
            OnnxLinter.Check(model).Select(item => item.ToString()));
    }

    [Theory]
    [InlineData("8.5", 18, false, false, DiagnosticCodes.LintOpset)]
    [InlineData("8.6", 17, true, false, DiagnosticCodes.LintPrequantizedWeight)]
    [InlineData("10.0", 17, false, true, DiagnosticCodes.LintChannelAxis)]
    [InlineData("8.2", 17, false, true, DiagnosticCodes.LintChannelAxis)]
    [InlineData("10.3", 19, true, true, null)]
    [InlineData("8.5", 17, false, false, null)]
    public void Rules_follow_the_tensorrt_version(string version, int opset, bool prequantized, bool perChannel, string? code)
    {
        var table = ReferenceRunner.Ranges(Dense, SampleGraphs.Canvas(16, 16), perChannel);
        var model = OnnxExporter.Export(Dense, Int8 with { Opset = opset, PrequantizedWeights = prequantized }, table).Model;
        var errors = OnnxLinter.Check(model, new OnnxLintOptions { TensorRtVersion = Version.Parse(version) }).Where(item => item.Severity == Severity.Error).Select(item => item.Code).Distinct();
        Assert.Equal(code is null ? [] : [code], errors);
    }

    [Theory]
    [InlineData(null, 1, "W which TensorRT before 10.2 does not take")]
    [InlineData("10.2", 1, null)]
    [InlineData("10.1", 1, "E TensorRT 10.1 takes axis 0 or one scale")]
    [InlineData("10.1", 0, null)]
    [InlineData("8.4", 0, null)]
    [InlineData("8.3", 0, "E TensorRT 8.3 takes one scale")]
    [InlineData("8.3", 1, "E TensorRT 8.3 takes one scale")]
    [InlineData("10.2", 0, "E TensorRT 10.2 takes axis 1 or one scale")]
    public void A_deconvolutions_scales_lie_on_the_axis_that_the_version_takes(string? version, int axis, string? finding)
    {
        var model = Clean.Clone();
        var channels = axis == 0 ? 64 : 16;
        Replace(model, $"{Deconv}._weight_quantizer.scale", OnnxTensor.Float("", [channels], [.. Enumerable.Repeat(1f, channels)]));
        Replace(model, $"{Deconv}._weight_quantizer.zero_point", OnnxTensor.Int8("", [channels], new sbyte[channels]));
        foreach (var part in new[] { "QuantizeLinear", "DequantizeLinear" })
        {
            var attributes = Find(model, $"{Deconv}._weight_quantizer/{part}").Attribute;
            attributes.Clear();
            attributes.Add(new AttributeProto { Name = "axis", Type = AttributeType.Int, I = axis - (axis == 0 ? 4 : 0) });
        }

        var found = OnnxLinter.Check(model, new OnnxLintOptions { TensorRtVersion = version is null ? null : Version.Parse(version) });

        Assert.Equal(finding is null ? 0 : 1, found.Count);
        Assert.All(found, item => Assert.Equal((DiagnosticCodes.LintChannelAxis, finding![0]), (item.Code, item.Severity.ToString()[0])));
        Assert.Contains(finding?[2..] ?? "", string.Join("\n", found.Select(item => item.Message)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MatMul", 0, 1, null)]
    [InlineData("MatMul", 0, 0, "scales axis 0 of the weight of 'product'; its output channels are axis 1")]
    [InlineData("Gemm", 0, 1, null)]
    [InlineData("Gemm", 1, 0, null)]
    [InlineData("Gemm", 1, 1, "scales axis 1 of the weight of 'product'; its output channels are axis 0")]
    [InlineData("MatMul", 0, 2, "has axis 2 on a tensor of shape [32, 32]")]
    [InlineData("MatMul", 0, -3, "has axis -1 on a tensor of shape [32, 32]")]
    public void A_products_scales_lie_on_its_output_channels(string opType, int transposed, int axis, string? finding)
    {
        var model = Clean.Clone();
        model.Graph.Initializer.AddRange([OnnxTensor.Int8("matrix", [32, 32], new sbyte[32 * 32]), OnnxTensor.Float("scales", [32], [.. Enumerable.Repeat(1f, 32)]), OnnxTensor.Int8("zeros", [32], new sbyte[32])]);
        var dequantize = Node("DequantizeLinear", "matrix_dq", ["matrix", "scales", "zeros"], "matrix_out");
        dequantize.Attribute.Add(new AttributeProto { Name = "axis", Type = AttributeType.Int, I = axis });
        var product = Node(opType, "product", [$"{First}._input_quantizer/dequantized", "matrix_out"], "product_out");
        if (opType == "Gemm")
        {
            product.Attribute.Add(new AttributeProto { Name = "transB", Type = AttributeType.Int, I = transposed });
        }

        model.Graph.Node.AddRange([dequantize, product]);

        var found = OnnxLinter.Check(model).Where(item => item.Code == DiagnosticCodes.LintChannelAxis).ToList();

        Assert.Equal(finding is null, found.Count == 0);
        Assert.Contains(finding ?? "", string.Join("\n", found.Select(item => item.Message)), StringComparison.Ordinal);
    }

    [Fact]
    public void Cpu_rules_refuse_a_bias_at_another_scale_and_zero_points_per_channel()
    {
        var cpu = new OnnxLintOptions { Profile = OnnxLintProfile.OnnxRuntimeCpu };
        var model = CpuFormExporter.Export(Dense, Ranges, new CpuFormOptions { NonNegativeInput = true });
        Replace(model, $"{First}.bias.scale", OnnxTensor.Float("", [16], [.. Enumerable.Repeat(0.5f, 16)]));
        Replace(model, $"{Second}.weight.zero_point", OnnxTensor.Int8("", [16], [.. Enumerable.Range(0, 16).Select(i => (sbyte)i)]));
        Assert.Equal([DiagnosticCodes.LintZeroPoint, DiagnosticCodes.LintQuantizedBias], OnnxLinter.Check(model, cpu).Select(item => item.Code));
    }

    [Fact]
    public void Foreign_operators_and_subgraphs_are_left_alone()
    {
        var model = OnnxExporter.Export(Dense, Int8, Ranges).Model;
        var foreign = new NodeProto { OpType = "Magic", Domain = "org.example", Name = "magic" };
        foreign.Input.AddRange(["spatial_features", ""]);
        foreign.Output.AddRange(["magic_out", "second"]);
        model.Graph.Node.Add(foreign);
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "org.example", Version = 1 });
        var branch = new NodeProto { OpType = "If", Name = "if" };
        branch.Input.Add("magic_out");
        branch.Output.Add("if_out");
        branch.Attribute.Add(new AttributeProto { Name = "then_branch", Type = AttributeType.Graph, G = new GraphProto { Name = "then" } });
        model.Graph.Node.Add(branch);
        model.Graph.Node.Add(Node("Conv", "after", ["if_out", $"{First}.weight"], "after_out"));
        Assert.DoesNotContain(OnnxLinter.Check(model), item => item.Severity == Severity.Error);
    }

    [Fact]
    public void The_graph_that_onnx_runtime_optimized_is_read_without_trouble()
    {
        var optimized = OrtRunner.Optimize(CpuFormExporter.Export(Dense, Ranges, new CpuFormOptions { NonNegativeInput = true }), GraphOptimizationLevel.ORT_ENABLE_ALL);
        Assert.DoesNotContain(OnnxLinter.Check(optimized, new OnnxLintOptions { Profile = OnnxLintProfile.OnnxRuntimeCpu }), item => item.Severity == Severity.Error);
        Assert.Contains(OnnxLinter.Check(optimized), item => item.Code == DiagnosticCodes.LintUnsupportedOperator);
    }

    [Fact]
    public void No_damage_to_a_graph_makes_the_linter_throw()
    {
        var sources = new[]
        {
            OnnxExporter.Export(Dense, Int8, Ranges).Model,
            OnnxExporter.Export(Encoder, new OnnxExportOptions()).Model,
            OnnxExporter.Export(KernelStrideDeconvolution.Rewrite(Dense), new OnnxExportOptions { Interface = OnnxInterface.Awml(Dense).Fixed(1, 16, 16, 16) }).Model,
        };
        var random = new Random(11);
        for (var round = 0; round < 400; round++)
        {
            var model = sources[round % sources.Length].Clone();
            for (var damage = 0; damage < 1 + random.Next(6); damage++)
            {
                Damage(model, random);
            }

            OnnxLinter.Check(model);
            OnnxLinter.Check(model, new OnnxLintOptions { Profile = OnnxLintProfile.OnnxRuntimeCpu, TensorRtVersion = new Version(8, 6) });
        }

        Assert.NotEmpty(OnnxLinter.Check(new ModelProto()));
    }

    [Fact]
    public void Bytes_that_parse_after_random_changes_do_not_make_the_linter_throw()
    {
        var bytes = OnnxFile.Serialize(OnnxExporter.Export(SampleGraphs.Dense(2), Int8, ReferenceRunner.Ranges(SampleGraphs.Dense(2), SampleGraphs.Canvas(2, 8))).Model);
        var random = new Random(12);
        var parsed = 0;
        for (var round = 0; round < 600; round++)
        {
            var changed = (byte[])bytes.Clone();
            for (var i = 0; i < 1 + random.Next(4); i++)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            try
            {
                var model = ModelProto.Parser.ParseFrom(changed);
                parsed++;
                OnnxLinter.Check(model);
            }
            catch (InvalidProtocolBufferException)
            {
                // Refused by the reader: OnnxFile reports it.
            }
        }

        Assert.InRange(parsed, 50, 600);
    }

    private static readonly long[] OddNumbers = [0, -1, 1, 2, 3, 7, 1L << 32, 1L << 40, long.MaxValue, long.MinValue, int.MinValue];

    private static void Damage(ModelProto model, Random random)
    {
        var node = model.Graph.Node.Count == 0 ? new NodeProto() : model.Graph.Node[random.Next(model.Graph.Node.Count)];
        var tensor = model.Graph.Initializer.Count == 0 ? new TensorProto() : model.Graph.Initializer[random.Next(model.Graph.Initializer.Count)];
        var number = OddNumbers[random.Next(OddNumbers.Length)];
        switch (random.Next(14))
        {
            case 0: model.Graph.Node.Remove(node); break;
            case 1: node.Output.Clear(); break;
            case 2: node.Input.Clear(); break;
            case 3 when node.Input.Count > 0: node.Input[random.Next(node.Input.Count)] = model.Graph.Node[random.Next(model.Graph.Node.Count)].Output.FirstOrDefault() ?? ""; break;
            case 4 when node.Attribute.Count > 0: node.Attribute[random.Next(node.Attribute.Count)].I = number; break;
            case 5 when node.Attribute.Count > 0: var ints = node.Attribute[random.Next(node.Attribute.Count)].Ints; ints.Clear(); ints.AddRange([number, 1]); break;
            case 6: tensor.Dims.Clear(); tensor.Dims.AddRange([number, number]); break;
            case 7: tensor.DataType = random.Next(-1, 30); break;
            case 8: tensor.RawData = ByteString.Empty; break;
            case 9: tensor.ClearRawData(); break;
            case 10: node.OpType = model.Graph.Node[random.Next(model.Graph.Node.Count)].OpType; break;
            case 11 when model.Graph.Input.Count > 0: model.Graph.Input[0].Type = random.Next(2) == 0 ? null : new TypeProto(); break;
            case 12: model.OpsetImport[0].Version = number; break;
            case 13: model.Graph.Node.Insert(0, node.Clone()); break;
            default: node.Attribute.Clear(); break;
        }
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
        ("unknown attribute", model => Find(model, First).Attribute.Add(new AttributeProto { Name = "colour", Type = AttributeType.Int, I = 1 })),
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
            node.Attribute.Add(new AttributeProto { Name = "blocksize", Type = AttributeType.Int, I = 1L << 32 });
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
            Find(model, $"{Deconv}._weight_quantizer/DequantizeLinear").Attribute.Add(new AttributeProto { Name = "axis", Type = AttributeType.Int, I = 0 });
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

    private static NodeProto Find(ModelProto model, string name) => model.Graph.Node.Single(node => node.Name == name);

    private static AttributeProto Attribute(ModelProto model, string node, string name) => Find(model, node).Attribute.Single(item => item.Name == name);

    private static NodeProto Node(string opType, string name, IEnumerable<string> inputs, string output)
    {
        var node = new NodeProto { OpType = opType, Name = name };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        return node;
    }

    private static void Move(ModelProto model, string name)
    {
        var node = Find(model, name);
        model.Graph.Node.Remove(node);
        model.Graph.Node.Add(node);
    }

    private static void Insert(ModelProto model, string before, int input, string opType, string name, params string[] more)
    {
        var reader = Find(model, before);
        var node = Node(opType, name, [reader.Input[input], .. more], $"{name}_out");
        if (opType == "Cast")
        {
            node.Attribute.Add(new AttributeProto { Name = "to", Type = AttributeType.Int, I = (long)DataType.Float });
        }

        model.Graph.Node.Insert(model.Graph.Node.IndexOf(reader), node);
        reader.Input[input] = $"{name}_out";
    }

    private static void Replace(ModelProto model, string name, TensorProto tensor)
    {
        tensor.Name = name;
        var index = model.Graph.Initializer.ToList().FindIndex(item => item.Name == name);
        model.Graph.Initializer[index] = tensor;
    }
}
