using CsCheck;
using Quant.Core.Quantization;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Quantization;

public sealed class SymmetricTests
{
    [Fact]
    public void The_published_example_of_pytorch_quantization_gives_its_integers()
    {
        float[] values = [0.9817f, 0.8796f, 0.9921f, 0.4611f, 0.0832f, 0.1784f, 0.3674f, 0.5676f, 0.3376f, 0.2119f];

        Assert.Equal<sbyte>([126, 113, 127, 59, 11, 23, 47, 73, 43, 27], [.. values.Select(value => Symmetric.Level(value, 0.9921f))]);
    }

    [Theory]
    [InlineData(0.5f, 0)]
    [InlineData(1.5f, 2)]
    [InlineData(2.5f, 2)]
    [InlineData(-0.5f, 0)]
    [InlineData(-1.5f, -2)]
    [InlineData(126.5f, 126)]
    [InlineData(127.5f, 127)]
    [InlineData(-127.5f, -128)]
    [InlineData(1e30f, 127)]
    [InlineData(float.NegativeInfinity, -128)]
    public void Halves_round_to_even_and_the_range_is_full(float value, int level) => Assert.Equal(level, Symmetric.Level(value, 127));

    [Theory]
    [InlineData(0f)]
    [InlineData(1e-26f)]
    [InlineData(5.9604645e-8f)]
    public void An_all_zero_tensor_gets_scale_1_and_level_0(float amax)
    {
        Assert.Equal(1f, Symmetric.Scale(amax));
        Assert.Equal(0, Symmetric.Level(3f, amax));
    }

    [Fact]
    public void Tensors_and_scalars_agree_bit_for_bit() =>
        Gen.Select(Gen.Float[-300, 300].Array[1, 64], Gen.Float[0.01f, 250f]).Sample((values, amax) =>
        {
            using var quantizer = new TensorQuantizer("x._input_quantizer", [amax]);
            using var input = tensor(values);
            using var output = quantizer.Quantize(input);

            Assert.Equal([.. values.Select(value => Symmetric.FakeQuantize(value, amax))], output.data<float>().ToArray());
        });

    [Fact]
    public void A_dead_channel_becomes_zero_and_leaves_the_others_alone()
    {
        using var quantizer = new TensorQuantizer("x._weight_quantizer", [1f, 1e-26f, 1f], axis: 1, rank: 2);
        using var input = ones(2, 3);
        using var output = quantizer.Quantize(input);

        Assert.Equal([1f, 0f, 1f, 1f, 0f, 1f], output.data<float>().ToArray());
    }

    [Fact]
    public void Quantizing_twice_changes_nothing_more() =>
        Gen.Select(Gen.Float[-10, 10], Gen.Float[0.1f, 10f]).Sample((value, amax) =>
        {
            var once = Symmetric.FakeQuantize(value, amax);
            Assert.Equal(once, Symmetric.FakeQuantize(once, amax));
            Assert.True(Math.Abs(value) > amax || Math.Abs(once - value) <= amax / 254 * 1.0001f);
        });

    [Theory]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_negative_or_non_finite_range_is_refused(float amax) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TensorQuantizer("x", [amax]));
}
