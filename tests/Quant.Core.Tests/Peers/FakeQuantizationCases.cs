using CsCheck;
using Quant.Core.Models;
using Quant.Core.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Peers;

/// <summary>Cases of pytorch-quantization's tests (pq), numbered as in docs/peer_cases.md: fake quantization with 8 bits, signed, full range.</summary>
public sealed class FakeQuantizationCases
{
    /// <summary>pq userguide: the printed example, scale and fake values.</summary>
    [Fact]
    public void A1_the_user_guides_example()
    {
        float[] values = [0.9817f, 0.8796f, 0.9921f, 0.4611f, 0.0832f, 0.1784f, 0.3674f, 0.5676f, 0.3376f, 0.2119f];
        float[] fake = [0.9843f, 0.8827f, 0.9921f, 0.4609f, 0.0859f, 0.1797f, 0.3672f, 0.5703f, 0.3359f, 0.2109f];

        Assert.Equal(128.0113, 127 / 0.9921, 1e-4);
        Assert.All(values.Zip(fake), pair => Assert.Equal(pair.Second, Symmetric.FakeQuantize(pair.First, 0.9921f), 1e-4f));
        Assert.Equal<sbyte>([126, 113, 127, 59, 11, 23, 47, 73, 43, 27], [.. values.Select(value => Symmetric.Level(value, 0.9921f))]);
    }

    /// <summary>pq: tensor_quant_test.TestTensorQuant.test_simple_run (A3) and its form with amax below the maximum (A5): 1023 uniforms equal the numpy formula.</summary>
    [Theory]
    [InlineData(1f)]
    [InlineData(0.9f)]
    public void A3_A5_uniform_values_equal_the_formula(float share)
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, 1023).Select(_ => random.NextSingle())];
        var amax = share * values.Max();
        using var quantizer = new TensorQuantizer("x", [amax]);

        Assert.Equal([.. values.Select(value => Formula(value, amax))], quantizer.Quantize(tensor(values)).data<float>().ToArray());
    }

    /// <summary>pq: tensor_quant_test.TestFakeTensorQuant per axis 0 with 0.7 of the maximum: exact against the formula in float32 (the peer allows 2 levels against another precision).</summary>
    [Fact]
    public void A4_per_channel_with_clipping_equals_the_formula()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var values = randn(15, 15, 16, 32);
        float[] amax = [.. values.abs().amax([1, 2, 3]).mul(0.7).data<float>()];
        using var quantizer = new TensorQuantizer("w", amax, 0, 4);
        var plane = 15 * 16 * 32;

        var expected = values.data<float>().ToArray().Select((value, index) => Formula(value, amax[index / plane]));

        Assert.Equal([.. expected], quantizer.Quantize(values).data<float>().ToArray());
    }

    /// <summary>pq: tensor_quant_test.TestTensorQuant.test_backward_clip: the gradient is the incoming one where |x| ≤ amax, else 0; values are those without gradients.</summary>
    [Fact]
    public void A9_the_gradient_passes_inside_the_range_alone()
    {
        using var scope = NewDisposeScope();
        const float Amax = 1.5f;
        // −1.505 rounds to level −127 and the full range holds −128, but it lies outside the range.
        float[] values = [-3f, -1.505f, -1.5f, -0.7f, 0f, 0.004f, 1.4999f, 1.5f, 1.5001f, 2.9f];
        float[] incoming = [1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f, 10f];
        using var quantizer = new TensorQuantizer("x", [Amax]);
        var input = tensor(values, requires_grad: true);

        var output = quantizer.Quantize(input);
        output.backward([tensor(incoming)]);

        Assert.Equal([.. values.Zip(incoming).Select(pair => MathF.Abs(pair.First) <= Amax ? pair.Second : 0)], input.grad!.data<float>().ToArray());
        Assert.Equal([.. values.Select(value => Symmetric.FakeQuantize(value, Amax))], output.detach().data<float>().ToArray());
    }

    /// <summary>pq: tensor_quant_test, the CUDA kernel against Python on (3, 4, 5, 6) with amax [0.8, 0.9, 0.7, 0.6] on axis 1: here scalar, vector kernel and libtorch, 8 bits.</summary>
    [Fact]
    public void A11_scalar_vector_and_libtorch_agree_to_the_bit()
    {
        using var scope = NewDisposeScope();
        manual_seed(11);
        float[] amax = [0.8f, 0.9f, 0.7f, 0.6f];
        var values = randn(3, 4, 5, 6);
        using var perChannel = new TensorQuantizer("x", amax, 1, 4);
        var quantized = perChannel.Quantize(values);
        for (var channel = 0; channel < 4; channel++)
        {
            using var whole = new TensorQuantizer("x", [amax[channel]]);
            var slice = values.select(1, channel).contiguous();
            float[] scalar = [.. slice.data<float>().ToArray().Select(value => Symmetric.FakeQuantize(value, amax[channel]))];

            Assert.Equal(scalar, whole.Quantize(slice).data<float>().ToArray());
            Assert.Equal(scalar, quantized.select(1, channel).contiguous().data<float>().ToArray());
        }
    }

    /// <summary>pq: tensor_quant_test, a transposed tensor gives what its contiguous copy gives.</summary>
    [Fact]
    public void A12_a_tensor_that_is_not_contiguous()
    {
        using var scope = NewDisposeScope();
        manual_seed(12);
        using var quantizer = new TensorQuantizer("x", [1.3f]);
        var transposed = randn(37, 53).t();

        Assert.Equal(quantizer.Quantize(transposed.contiguous()).data<float>().ToArray(), quantizer.Quantize(transposed).contiguous().data<float>().ToArray());
    }

    /// <summary>Property A19: monotone, and odd-symmetric where |x| ≤ amax (idempotence and the largest error: SymmetricTests).</summary>
    [Fact]
    public void A19_monotone_and_odd() => Gen.Select(Gen.Float[-10, 10], Gen.Float[-10, 10], Gen.Float[0.1f, 10f]).Sample((left, right, amax) =>
    {
        Assert.True(left > right || Symmetric.FakeQuantize(left, amax) <= Symmetric.FakeQuantize(right, amax));
        Assert.True(MathF.Abs(left) > amax || Symmetric.FakeQuantize(-left, amax) == -Symmetric.FakeQuantize(left, amax));
    });

    /// <summary>pq: tensor_quantizer_test, amax 127 on axis 1.</summary>
    [Fact]
    public void B4_amax_127_rounds_to_integers()
    {
        using var scope = NewDisposeScope();
        using var quantizer = new TensorQuantizer("x", [127f, 127f, 127f, 127f], 1, 2);

        Assert.Equal([0f, 0f, 1f, 2f], quantizer.Quantize(tensor(new[] { 0f, 0.4f, 1.1f, 2f }, [1, 4])).data<float>().ToArray());
    }

    /// <summary>pq: tensor_quantizer_test.test_step_size.</summary>
    [Fact]
    public void B6_the_step_of_amax_0_577() => Assert.Equal(0.577f / 127f, Symmetric.Scale(0.577f));

    /// <summary>pq: tensor_quantizer_test, a learnable amax of 0.5 quantizes as a fixed one, on the second call too.</summary>
    [Fact]
    public void B7_a_learned_range_quantizes_as_a_fixed_one()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var learned = new LearnedQuantizer("x", [0.5f]);
        float[] values = [-0.7f, -0.31f, 0f, 0.123f, 0.4999f, 0.6f];
        float[] expected = [.. values.Select(value => Symmetric.FakeQuantize(value, 0.5f))];

        Assert.Equal(expected, learned.Quantize(tensor(values)).data<float>().ToArray());
        Assert.Equal(expected, learned.Quantize(tensor(values)).data<float>().ToArray());
    }

    private static float Formula(float value, float amax) => Math.Clamp(MathF.Round(value * (127f / amax), MidpointRounding.ToEven), -128f, 127f) / (127f / amax);
}
