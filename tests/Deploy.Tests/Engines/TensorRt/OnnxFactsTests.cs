using Deploy.Engines.TensorRt;
using Testing;

namespace Deploy.Tests.Engines.TensorRt;

public sealed class OnnxFactsTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

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
}
