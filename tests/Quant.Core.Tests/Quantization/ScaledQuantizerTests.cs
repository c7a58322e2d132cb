using Quant.Core.Quantization;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Quantization;

public sealed class ScaledQuantizerTests
{
    /// <summary>pytorch-quantization's tensor_quantizer_test: amax 127, x = [0, 0.4, 1.1, 2.0].</summary>
    [Theory]
    [InlineData(new[] { 2f, 2f, 2f, 2f }, new[] { 0f, 1f, 2f, 4f })]
    [InlineData(new[] { 1f, 2f, 3f, 4f }, new[] { 0f, 1f, 3f, 8f })]
    public void A_factor_before_quantization_gives_the_peers_values(float[] factors, float[] expected)
    {
        using var scope = NewDisposeScope();
        using var inner = new TensorQuantizer("x", [127f], rank: 1);
        using var quantizer = new ScaledQuantizer(inner, factors);

        Assert.Equal(expected, quantizer.Quantize(tensor(new[] { 0f, 0.4f, 1.1f, 2f })).data<float>().ToArray());
    }
}
