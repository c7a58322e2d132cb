using Deploy.Engines.TensorRt;
using Quant.Core.Export;
using Quant.Core.Export.Onnx;
using Testing;

namespace Deploy.Tests.Engines.TensorRt;

public sealed class OnnxFactsTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_constant_that_is_defined_twice_is_left_to_the_linter()
    {
        var model = OnnxFile.Read(Graphs.Write(folder.File("m.onnx"), quantized: true));
        model.Graph.Initializer.Add(model.Graph.Initializer[0].Clone());

        Assert.True(OnnxFacts.Of(model).HasQuantization);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Quantization_and_FP16_are_seen(bool quantized, bool half)
    {
        var facts = OnnxFacts.Read(Graphs.Write(folder.File("m.onnx"), quantized, half, "x", 0, 32, 11));

        Assert.Equal((quantized, half), (facts.HasQuantization, facts.HasHalfBody));
        Assert.Equal((17, 8), (facts.Opset, facts.IrVersion));
        Assert.Equal([null, 32, 11], facts.Inputs.Single().Shape);
        Assert.True(facts.Inputs.Single().IsDynamic);
        Assert.False(facts.HasInt8Constants);
    }

    [Theory]
    [InlineData(4, 1, 1)]
    [InlineData(4, 0, 0)]
    [InlineData(1, 1, null)]
    public void Scales_of_a_deconvolution_and_stored_INT8_weights_are_seen(int scales, int axis, int? expected)
    {
        var model = OnnxFile.Read(Graphs.Write(folder.File("m.onnx"), shape: [1, 4, 2, 2]));
        model.Graph.Initializer.Add(new TensorProto { Name = "w", DataType = (int)TensorProto.Types.DataType.Int8, Dims = { 4, 4, 2, 2 } });
        model.Graph.Initializer.Add(new TensorProto { Name = "ws", DataType = (int)TensorProto.Types.DataType.Float, Dims = { scales } });
        model.Graph.Node.Add(new NodeProto { OpType = "DequantizeLinear", Input = { "w", "ws" }, Output = { "wd" }, Attribute = { new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = axis } } });
        model.Graph.Node.Add(new NodeProto { OpType = "ConvTranspose", Input = { "x", "wd" }, Output = { "z" } });

        var facts = OnnxFacts.Of(model);

        Assert.Equal(expected, facts.DeconvolutionAxis);
        Assert.True(facts.HasInt8Constants);
    }
}
