using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Linting;
using Quant.Core.Export.Onnx;
using AttributeType = Quant.Core.Export.Onnx.AttributeProto.Types.AttributeType;

namespace Quant.Core.Tests.Export.Linting;

public sealed class OpsetRulesTests
{
    private static readonly (string Type, AttributeProto Value)[] Values =
    [
        ("Int", new AttributeProto { I = 1 }), ("Float", new AttributeProto { F = 1 }), ("String", OnnxNode.Attribute("", "text")), ("Ints", OnnxNode.Attribute("", new[] { 1, 2 })),
    ];

    public static TheoryData<string, string> Pairs => new MatrixTheoryData<string, string>([.. Values.Select(value => value.Type)], [.. Values.Select(value => value.Type)]);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void An_attribute_holds_a_value_of_its_type(string type, string held)
    {
        var graph = new LintGraph().Input("x", [2]).Node("Concat", "node", ["x"]);
        var attribute = Values.Single(value => value.Type == held).Value.Clone();
        (attribute.Name, attribute.Type) = ("axis", Enum.Parse<AttributeType>(type));
        graph["node"].Attribute.Add(attribute);

        Assert.Equal(type == held ? [] : [$"has the attribute 'axis' with a value that is not {type}"], graph.Messages(DiagnosticCodes.LintOpset));
    }

    [Fact]
    public void Attributes_of_other_types_are_left_alone()
    {
        var graph = new LintGraph().Input("x", [2]).Node("Concat", "node", ["x"]);
        graph["node"].Attribute.Add(new AttributeProto { Name = "axis", Type = AttributeType.Tensor, I = 1 });
        Assert.Empty(graph.Messages(DiagnosticCodes.LintOpset));
    }

    [Theory]
    [InlineData("8.5", 17, null)]
    [InlineData("8.5", 18, 17)]
    [InlineData("8.6", 17, null)]
    [InlineData("9.3", 18, 17)]
    [InlineData("10.0", 20, null)]
    [InlineData("10.0", 21, 20)]
    [InlineData("10.1", 18, null)]
    [InlineData("10.2", 25, null)]
    public void An_opset_is_one_that_the_tensorrt_version_reads(string version, int opset, int? limit)
    {
        var options = new OnnxLintOptions { TensorRtVersion = Version.Parse(version) };
        string[] expected = limit is null ? [] : [$"opset {opset} is above {limit}, the highest that TensorRT {version} reads; set onnx_config.opset_version: {limit}"];
        Assert.Equal(expected, new LintGraph(opset).Check(options).Where(item => item.Code == DiagnosticCodes.LintOpset).Select(item => item.Message));
        Assert.DoesNotContain(new LintGraph(opset).Check(options with { Profile = OnnxLintProfile.OnnxRuntimeCpu }), item => item.Code == DiagnosticCodes.LintOpset);
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("ai.onnx", "", 0)]
    [InlineData("ai.onnx", "ai.onnx", 0)]
    [InlineData("", "ai.onnx", 0)]
    [InlineData("org.example", "", 1)]
    public void The_default_domain_has_two_names(string imported, string used, int findings)
    {
        var graph = new LintGraph().Input("x", [2]).Node("Relu", "node", ["x"]).Output("node");
        graph.Model.OpsetImport[0].Domain = imported;
        graph["node"].Domain = used;
        Assert.Equal(findings, graph.Check().Count);
    }

    [Fact]
    public void The_default_domains_second_name_is_checked_as_the_first()
    {
        var graph = new LintGraph().Input("x", [2]).Node("Relu", "node", ["x", "x"]).Output("node");
        graph["node"].Domain = "ai.onnx";
        Assert.Equal(["has 2 inputs and 1 outputs, which opset 17 does not allow"], graph.Messages(DiagnosticCodes.LintOpset));
    }

    [Fact]
    public void Two_opsets_of_the_default_domain_are_one_too_many()
    {
        var graph = new LintGraph();
        graph.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx", Version = 18 });
        Assert.Equal("the model imports 2 opsets of the default domain; it needs exactly one", graph.Check().Single(item => item.Code == DiagnosticCodes.LintOpset).Message);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(0, true)]
    [InlineData(-1, true)]
    public void Opsets_start_at_1(int opset, bool refused) =>
        Assert.Equal(refused, new LintGraph(opset).Check().Any(item => item.Message == "the model imports 1 opsets of the default domain; it needs exactly one"));

    [Fact]
    public void Each_foreign_domain_is_imported_and_named_once()
    {
        var graph = new LintGraph().Input("x", [2]).Node("A", "a", ["x"]).Node("B", "b", ["x"]).Node("C", "c", ["x"]).Output("c");
        (graph["a"].Domain, graph["b"].Domain, graph["c"].Domain) = ("org.example", "org.example", "com.example");
        graph.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.example", Version = 1 });
        Assert.Equal(["nodes use the domain 'org.example', which the model does not import"], graph.Check().Select(item => item.Message));
    }

    [Theory]
    [InlineData(12, 4, true)]
    [InlineData(13, 4, false)]
    [InlineData(12, 1, false)]
    [InlineData(12, 0, false)]
    public void Scales_per_channel_exist_from_opset_13(int opset, int channels, bool refused)
    {
        var graph = new LintGraph(opset).Zeros("w", 4, 2).Constant(OnnxTensor.Float("scale", channels == 0 ? [] : [channels], [.. Enumerable.Repeat(1f, Math.Max(1, channels))]))
            .Node("QuantizeLinear", "node", ["w", "scale"]);
        Assert.Equal(refused ? [$"has a scale per channel, which needs opset 13 and has {opset}"] : [], graph.Messages(DiagnosticCodes.LintOpset));
    }

    [Theory]
    [InlineData(18, true)]
    [InlineData(19, false)]
    public void Half_scales_exist_from_opset_19(int opset, bool refused)
    {
        var graph = new LintGraph(opset).Constant(OnnxTensor.Half("scale", [], [(Half)1])).Constant(OnnxTensor.Int8("x", [1], [1])).Node("DequantizeLinear", "node", ["x", "scale"]);
        Assert.Equal(refused ? [$"has an FP16 scale, which needs opset 19 and has {opset}"] : [], graph.Messages(DiagnosticCodes.LintOpset));
    }
}
