using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Linting;
using Quant.Core.Export.Onnx;

namespace Quant.Core.Tests.Export.Linting;

public sealed class StructureRulesTests
{
    [Fact]
    public void Graph_inputs_have_names_of_their_own()
    {
        var graph = Small().Input("x", [3]).Input("", [3]);
        Assert.Equal(["graph input 'x' has no name or is defined twice", "graph input '' has no name or is defined twice"], Messages(graph));
    }

    [Fact]
    public void Constants_have_names_of_their_own()
    {
        var graph = Small().Zeros("w", 2).Zeros("w", 2).Zeros("", 2);
        Assert.Equal(["constant 'w' has no name or is defined twice", "constant '' has no name or is defined twice"], Messages(graph));
    }

    [Fact]
    public void A_constant_may_be_the_default_of_an_input() => Assert.Empty(Messages(Small().Zeros("x", 2)));

    [Fact]
    public void Constants_lie_in_the_file()
    {
        var graph = Small().Zeros("w", 2);
        graph.Model.Graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External;
        Assert.Equal(["constant 'w' is stored in another file"], Messages(graph));
    }

    [Fact]
    public void Constants_hold_as_many_bytes_as_their_shape_says()
    {
        var graph = Small().Zeros("w", 2, 3);
        graph.Model.Graph.Initializer[0].Dims[0] = 4;
        Assert.Equal(["constant 'w' of shape [4, 3] holds 24 bytes"], Messages(graph));
        graph.Model.Graph.Initializer[0].Dims[0] = -4;
        Assert.Equal(["constant 'w' has a negative or overflowing shape [-4, 3]"], Messages(graph));
        // Types without whole bytes are not measured.
        graph.Model.Graph.Initializer[0].Dims[0] = 4;
        graph.Model.Graph.Initializer[0].DataType = 22;
        Assert.Empty(Messages(graph));
    }

    [Fact]
    public void Empty_names_are_absent_optional_inputs_and_outputs()
    {
        var graph = Small().Node("Clip", "clip", ["x", "", "x"]).Node("LayerNormalization", "norm", ["x", "x"]).Node("Dropout", "dropout", ["x"]);
        graph["norm"].Output.AddRange(["", ""]);
        graph["dropout"].Output.Add("");
        graph["clip"].Name = graph["norm"].Name = "";
        Assert.Empty(Messages(graph));
    }

    [Fact]
    public void An_input_that_is_read_twice_is_missed_once() =>
        Assert.Equal(["node 'add' (Add) reads 'nowhere', which nothing defines"], Messages(Small().Node("Add", "add", ["nowhere", "nowhere"])));

    [Fact]
    public void A_node_without_a_name_is_called_by_its_output()
    {
        var graph = Small().Node("Relu", "result", ["nowhere"]);
        graph["result"].Name = "";
        Assert.Contains("node 'result' (Relu) reads 'nowhere', which nothing defines", Messages(graph));
        graph.Model.Graph.Node[^1].Output.Clear();
        Assert.Contains("node '' (Relu) reads 'nowhere', which nothing defines", Messages(graph));
    }

    [Fact]
    public void A_finding_has_no_place_when_no_file_is_named()
    {
        Assert.Null(Assert.Single(OnnxLinter.Check(new ModelProto()), item => item.Code == DiagnosticCodes.LintStructure).Location);
        Assert.Throws<ArgumentNullException>(() => OnnxLinter.Check(null!));
    }

    [Fact]
    public void A_constant_node_is_a_constant()
    {
        var scale = OnnxTensor.Float("", [], [0.5f]);
        LintGraph Quantizer(string name, string opType) =>
            Small().Node(opType, "scale", opType == "Identity" ? ["x"] : [], (name, scale)).Node("QuantizeLinear", "q", ["x", "scale"]);
        Assert.Empty(Quantizer("value", "Constant").Messages(DiagnosticCodes.LintScale));
        Assert.Equal(["has a scale that is no constant"], Quantizer("sparse_value", "Constant").Messages(DiagnosticCodes.LintScale));
        Assert.Equal(["has a scale that is no constant"], Quantizer("value", "Identity").Messages(DiagnosticCodes.LintScale));
        var nameless = Quantizer("value", "Constant");
        nameless["scale"].Attribute.Insert(0, OnnxNode.Attribute("other", 1));
        Assert.Empty(nameless.Messages(DiagnosticCodes.LintScale));
        nameless["scale"].Output.Clear();
        Assert.Equal(["has a scale that is no constant"], nameless.Messages(DiagnosticCodes.LintScale));
    }

    private static LintGraph Small() => new LintGraph().Input("x", [2]).Output("x");

    private static IEnumerable<string> Messages(LintGraph graph) => graph.Check().Where(item => item.Code == DiagnosticCodes.LintStructure).Select(item => item.Message);
}
