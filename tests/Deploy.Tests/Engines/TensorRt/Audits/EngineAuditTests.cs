using Deploy.Engines.TensorRt.Audits;
using Deploy.Engines.TensorRt.Exports;

namespace Deploy.Tests.Engines.TensorRt.Audits;

public sealed class EngineAuditTests
{
    [Fact]
    public void Shares_and_counts_follow_from_types_and_times()
    {
        var info = new LayerInfo(
            [
                Layer("QuantizeLinear_1", "Reformat", "x:FP32", "q:INT8", "QDQ"),
                Layer("w + QuantizeLinear_3 + Conv_5 + Relu_6", "CaskConvolution", "q:INT8", "a:INT8"),
                Layer("w2 + QuantizeLinear_8 + Conv_9", "CaskConvolution", "a:INT8", "b:FP16"),
                Layer("Reformatting CopyNode for Output Tensor 0 to Conv_9", "NoOp", "b:FP16", "c:FP32"),
                Layer("Sigmoid_10", "PointWise", "c:FP32", "y:FP32"),
            ],
            ["x", "y"]);

        var audit = EngineAudit.Create(info, Profile(("QuantizeLinear_1", 1), ("w + QuantizeLinear_3 + Conv_5 + Relu_6", 4), ("w2 + QuantizeLinear_8 + Conv_9", 2), ("Reformatting CopyNode for Output Tensor 0 to Conv_9", 0.5), ("Sigmoid_10", 0.5)), slowest: 2);

        Assert.Equal((2, 3), (audit.Int8Layers, audit.ComputeLayers));
        Assert.Equal(0.75, audit.Int8TimeShare!.Value, 12);
        Assert.Equal((1, 0.5, 8.0), (audit.Reformats, audit.ReformatMs, audit.TotalMs));
        Assert.Equal(["INT8", "INT8→FP16"], audit.Slowest.Select(layer => layer.Precision));
        Assert.Contains("network's input", Assert.Single(audit.Unfused).Reason, StringComparison.Ordinal);
        Assert.Equal(["w + QuantizeLinear_3 + Conv_5 + Relu_6", "INT8", "4.0000", "50.0 %", "CaskConvolution"], audit.ToTable()[1]);
    }

    [Fact]
    public void Without_profile_or_types_no_share_is_made_up()
    {
        var names = new LayerInfo([new EngineLayer("conv", "", [], [], null, null, null, [])], []);

        Assert.Null(EngineAudit.Create(names, null).Int8TimeShare);
        Assert.Null(EngineAudit.Create(names, Profile(("conv", 1))).Int8TimeShare);
        Assert.Null(EngineAudit.Create(names, null).ReformatMs);
    }

    [Fact]
    public void Layers_of_one_name_take_their_times_in_order()
    {
        var info = new LayerInfo([Layer("same", "kgen", "x:FP16", "a:FP16"), Layer("same", "kgen", "a:FP16", "y:FP16")], ["x", "y"]);

        Assert.Equal([1.0, 2.0], EngineAudit.Create(info, Profile(("same", 1), ("same", 2))).Layers.Select(layer => layer.Ms!.Value));
    }

    [Theory]
    [InlineData("QuantizeLinear_9", "Conv_1", "FP16", "FP16", "computes in FP16")]
    [InlineData("QuantizeLinear_9", "ConvTranspose_1", "INT8", "FP16", "deconvolution")]
    [InlineData("QuantizeLinear_9", "Concat_1", "FP16", "FP16", "concatenation")]
    [InlineData("QuantizeLinear_9_clone_1", "Conv_1", "INT8", "FP16", "one scale")]
    [InlineData("QuantizeLinear_9", "Conv_1", "INT8", "FP16", "'Add_3' reads the same tensor in FP16")]
    public void An_unfused_Q_has_its_likely_reason(string name, string before, string typeIn, string typeOut, string reason)
    {
        var info = new LayerInfo(
            [
                Layer(before, "CaskConvolution", $"a:{typeIn}", $"b:{typeOut}"),
                Layer("Reformatting CopyNode", "Reformat", $"b:{typeOut}", $"b2:{typeOut}", "REFORMAT"),
                Layer(name, "Reformat", $"b2:{typeOut}", "q:INT8", "QDQ"),
                Layer("Conv_2", "CaskConvolution", "q:INT8", "y:FP16"),
                Layer("Add_3", "ElementWise", $"b2:{typeOut}", "z:FP16"),
                Layer("first", "CaskConvolution", "x:FP32", $"a:{typeIn}"),
            ],
            ["x", "y", "z"]);

        Assert.Contains(reason, Assert.Single(EngineAudit.Create(info, null).Unfused).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unfused_DQ_names_who_takes_no_INT8_or_the_output_it_feeds()
    {
        var info = new LayerInfo(
            [
                Layer("Conv_1", "CaskConvolution", "x:INT8", "q:INT8"),
                Layer("DequantizeLinear_2", "Scale", "q:INT8", "f:FP16"),
                Layer("Sigmoid_3", "PointWise", "f:FP16", "y:FP16"),
                Layer("DequantizeLinear_4", "Scale", "q:INT8", "z:FP32"),
            ],
            ["x", "y", "z"]);

        var unfused = EngineAudit.Create(info, null).Unfused;

        Assert.Contains("'Sigmoid_3' takes no INT8", unfused[0].Reason, StringComparison.Ordinal);
        Assert.Contains("output of the network", unfused[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fused_kernel_of_version_10_is_told_by_its_graph_nodes()
    {
        var quantize = Layer("__myl_Quan_myl0_0", "kgen", "x:FP16", "q:INT8") with { OnnxNodes = ["/backbone/conv/_input_quantizer/QuantizeLinear"] };
        var mixed = Layer("__myl_MulQuan_myl0_1", "kgen", "x:FP16", "r:INT8") with { OnnxNodes = ["/backbone/Mul", "/backbone/conv2/_input_quantizer/QuantizeLinear"] };

        Assert.Equal([LayerRole.Quantization, LayerRole.Compute], EngineAudit.Create(new LayerInfo([quantize, mixed], []), null).Layers.Select(layer => layer.Role));
    }

    private static EngineLayer Layer(string name, string type, string input, string output, string? origin = null) => new(name, type, [Tensor(input)], [Tensor(output)], origin, null, null, []);

    private static EngineTensor Tensor(string text) => new(text.Split(':')[0], text.Split(':')[1], "");

    private static LayerProfile Profile(params (string Name, double Ms)[] layers) => new(10, [.. layers.Select(layer => new LayerTime(layer.Name, layer.Ms, layer.Ms, layer.Ms * 10))]);
}
