using CsCheck;
using Quant.Core.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Quantization;

public sealed class FakeQuantizeKernelTests
{
    [Fact]
    public void It_equals_the_scalar_definition_to_the_bit_and_keeps_nan() =>
        Gen.Select(Gen.OneOf(Gen.Float[-300, 300], Gen.Const(0f), Gen.Const(-0f), Gen.Const(float.NaN), Gen.Const(float.PositiveInfinity), Gen.Const(float.NegativeInfinity)).Array[0, 70], Gen.Float[0.01f, 250f]).Sample((values, amax) =>
        {
            var results = new float[values.Length];

            FakeQuantizeKernel.Run(values, results, 127f / amax, 127f / amax);

            Assert.Equal([.. values.Select(value => float.IsNaN(value) ? value : Symmetric.FakeQuantize(value, amax))], results);
        });

    /// <summary>Large enough for several threads; per channel libtorch computes.</summary>
    [Fact]
    public void A_large_tensor_is_quantized_as_libtorch_does()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var values = randn(3, 123_457).mul(2);
        using var whole = new TensorQuantizer("x", [1.7f]);
        using var channels = new TensorQuantizer("x", [1.7f, 1.7f, 1.7f], 0, 2);

        Assert.Equal(channels.Quantize(values).data<float>().ToArray(), whole.Quantize(values).data<float>().ToArray());
    }

    [Fact]
    public void An_all_zero_range_gives_zeros()
    {
        using var scope = NewDisposeScope();
        using var quantizer = new TensorQuantizer("x", [0f]);

        Assert.All(quantizer.Quantize(full([100], 3)).data<float>().ToArray(), value => Assert.Equal(0, value));
    }
}
