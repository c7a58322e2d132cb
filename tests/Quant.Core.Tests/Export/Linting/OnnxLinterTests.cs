using Microsoft.ML.OnnxRuntime;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Linting;
using Quant.Core.Export.Onnx;
using static Quant.Core.Tests.Export.Linting.CleanGraph;
using static Quant.Core.Tests.Export.Linting.OnnxNode;
using AttributeType = Quant.Core.Export.Onnx.AttributeProto.Types.AttributeType;

namespace Quant.Core.Tests.Export.Linting;

public sealed class OnnxLinterTests
{
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
            attributes.Add(Attribute("axis", axis - (axis == 0 ? 4 : 0)));
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
        dequantize.Attribute.Add(Attribute("axis", axis));
        var product = Node(opType, "product", [$"{First}._input_quantizer/dequantized", "matrix_out"], "product_out");
        if (opType == "Gemm")
        {
            product.Attribute.Add(Attribute("transB", transposed));
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
}
