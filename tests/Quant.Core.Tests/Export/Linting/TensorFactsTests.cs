using Quant.Core.Diagnostics;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Tests.Export.Linting;

/// <summary>What is known of a tensor, seen by what a convolution that reads it is told.</summary>
public sealed class TensorFactsTests
{
    [Fact]
    public void What_a_graph_declares_is_taken_where_nothing_is_inferred() =>
        Assert.Equal(["takes 4 channels and gets 5"], Conv(new LintGraph().Input("x", [9]).Node("Einsum", "data", ["x"]).Declare("data", [1, 5, 8, 8])).Messages(DiagnosticCodes.LintShape));

    [Fact]
    public void What_is_inferred_goes_before_what_is_declared()
    {
        var graph = Conv(new LintGraph().Input("x", [1, 4, 8, 8]).Node("Relu", "data", ["x"]).Declare("data", [1, 5, 8, 8], DataType.Float16));
        Assert.Equal(["gives [1, 4, 8, 8], and 'data' is declared as [1, 5, 8, 8]"], graph.Messages(DiagnosticCodes.LintShape));
        Assert.Equal(["gives Float, and 'data' is declared as Float16"], graph.Messages(DiagnosticCodes.LintType));
    }

    [Fact]
    public void Types_are_taken_from_declarations_too() =>
        Assert.Equal(["reads Float16 and Float; its inputs must have one type"], Conv(new LintGraph().Input("x", [9]).Node("Einsum", "data", ["x"]).Declare("data", null, DataType.Float16)).Messages(DiagnosticCodes.LintType));

    [Fact]
    public void Declared_outputs_count_as_declared_tensors_do() =>
        Assert.Equal(["takes 4 channels and gets 5"], Conv(new LintGraph().Input("x", [9]).Node("Einsum", "data", ["x"]).Declare("x", [9]).Output("data", [1, 5, 8, 8])).Messages(DiagnosticCodes.LintShape));

    [Fact]
    public void A_foreign_operator_of_a_known_name_gives_an_unknown_tensor()
    {
        var graph = Conv(new LintGraph().Input("x", [1, 5, 8, 8]).Node("Relu", "data", ["x"]));
        Assert.Equal(["takes 4 channels and gets 5"], graph.Messages(DiagnosticCodes.LintShape));
        graph["data"].Domain = "ai.onnx";
        Assert.Equal(["takes 4 channels and gets 5"], graph.Messages(DiagnosticCodes.LintShape));
        graph["data"].Domain = "org.example";
        Assert.Empty(graph.Messages(DiagnosticCodes.LintShape));
    }

    [Fact]
    public void Declarations_without_type_or_shape_say_nothing()
    {
        var graph = Conv(new LintGraph().Input("data", null, DataType.Undefined));
        Assert.Empty(graph.Messages(DiagnosticCodes.LintShape).Concat(graph.Messages(DiagnosticCodes.LintType)));
        graph.Model.Graph.Input[0].Type = null;
        Assert.Empty(graph.Messages(DiagnosticCodes.LintShape).Concat(graph.Messages(DiagnosticCodes.LintType)));
    }

    [Fact]
    public void An_unknown_shape_is_written_as_a_question() =>
        Assert.Equal(["has the weight [6] and 1 groups for the input ?"], new LintGraph().Input("x", null).Zeros("w", 6).Node("Conv", "conv", ["x", "w"]).Messages(DiagnosticCodes.LintShape));

    [Fact]
    public void A_node_without_outputs_defines_nothing()
    {
        var graph = Conv(new LintGraph().Input("data", [1, 4, 8, 8]).Node("Relu", "other", ["data"]));
        graph["other"].Output.Clear();
        Assert.Empty(graph.Messages(DiagnosticCodes.LintShape));
    }

    private static LintGraph Conv(LintGraph graph) => graph.Zeros("w", 6, 4, 3, 3).Node("Conv", "conv", ["data", "w"]);
}
