using Quant.Core.Models;
using Quant.Core.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Quantization;

/// <summary>Ranges of zero, gradients and layouts, with fixed and trained ranges.</summary>
public sealed class QuantizerTests
{
    [Theory]
    [InlineData(0f)]
    [InlineData(5.9604645e-8f)]
    public void A_trained_range_of_zero_starts_small_and_keeps_its_tensor_near_zero(float amax)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        using var quantizer = new LearnedQuantizer("x", [amax]);

        Assert.Equal([Symmetric.ZeroAmax * 2], quantizer.Ranges());
        Assert.InRange(quantizer.Quantize(tensor(new[] { 5f })).item<float>(), 0, Symmetric.ZeroAmax * 2);
    }

    [Fact]
    public void A_trained_range_that_fell_below_zero_counts_as_the_smallest()
    {
        using var none = no_grad();
        using var quantizer = new LearnedQuantizer("x", [1f, 0.5f], 0, 1);
        quantizer.Amax.fill_(-3);

        Assert.Equal([Symmetric.ZeroAmax * 2, Symmetric.ZeroAmax * 2], quantizer.Ranges());
    }

    [Theory]
    [InlineData(0, 2, new long[] { 3, 1 })]
    [InlineData(1, 4, new long[] { 1, 3, 1, 1 })]
    public void Trained_ranges_per_channel_lie_along_their_axis(int axis, int rank, long[] shape)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        using var learned = new LearnedQuantizer("w", [1f, 2f, 3f], axis, rank);
        using var fixedRanges = new TensorQuantizer("w", [1f, 2f, 3f], axis, rank);
        var values = randn([.. shape.Select(size => size == 1 ? 5 : size)]);

        Assert.Equal(shape, learned.Amax.shape);
        Assert.Equal("w", learned.Name);
        Assert.Equal([1f, 2f, 3f], learned.Ranges());
        Assert.Equal(fixedRanges.Quantize(values).data<float>().ToArray(), learned.Quantize(values).data<float>().ToArray());
    }

    /// <summary>Esser et al.: (q − x/s)/127 inside and ±1 outside, times 1/√(127·N).</summary>
    [Fact]
    public void The_gradient_of_a_trained_range_is_that_of_its_paper()
    {
        using var scope = NewDisposeScope();
        float[] values = [0.3f, -0.7f, 3f, -3f];
        using var quantizer = new LearnedQuantizer("x", [1f]);

        quantizer.Quantize(tensor(values)).sum().backward();

        double Slope(float value) => Math.Abs(value) > 1 ? (value > 0 ? 127 : -128) : Math.Round(value * 127d, MidpointRounding.ToEven) - (value * 127d);
        Assert.Equal(values.Sum(Slope) / 127 / Math.Sqrt(127 * 4), quantizer.Amax.grad!.item<float>(), 1e-6);
    }

    [Fact]
    public void The_gradient_of_the_input_passes_where_the_level_is_not_clipped()
    {
        using var scope = NewDisposeScope();
        using var quantizer = new LearnedQuantizer("x", [1f]);
        var input = tensor(new[] { 0.3f, -1f, 1f, 1.1f, -1.1f }).requires_grad_();

        quantizer.Quantize(input).sum().backward();

        Assert.Equal([1f, 1f, 1f, 0f, 0f], input.grad!.data<float>().ToArray());
    }

    [Fact]
    public void A_tensor_in_another_type_or_layout_is_quantized_alike()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var quantizer = new TensorQuantizer("x", [1.3f]);
        var values = randn(4, 6);
        var expected = quantizer.Quantize(values);

        Assert.True(quantizer.Quantize(values.to(ScalarType.Float64)).sub(expected).abs().max().item<double>() < 1e-6);
        Assert.Equal(expected.t().contiguous().data<float>().ToArray(), quantizer.Quantize(values.t()).contiguous().data<float>().ToArray());
        Assert.Equal(0, quantizer.Quantize(zeros(0, 3)).numel());
        Assert.Equal(ScalarType.Float64, quantizer.Quantize(values.to(ScalarType.Float64)).dtype);
    }

    [Fact]
    public void The_input_of_a_quantizer_stays_as_it_was()
    {
        using var scope = NewDisposeScope();
        using var whole = new TensorQuantizer("x", [0.5f]);
        using var channels = new TensorQuantizer("x", [0.5f, 0.5f], 0, 1);
        using var learned = new LearnedQuantizer("x", [0.5f]);
        foreach (var quantizer in new ILayerQuantizer[] { whole, channels, learned, new ScaledQuantizer(whole, [1f, 2f]) })
        {
            var values = tensor(new[] { 3f, 0.111f }).requires_grad_();
            quantizer.Quantize(values);
            quantizer.Quantize(values.detach());

            Assert.Equal([3f, 0.111f], values.detach().data<float>().ToArray());
        }
    }

    [Fact]
    public void A_gradient_through_a_dead_range_is_zero_and_its_values_too()
    {
        using var scope = NewDisposeScope();
        using var quantizer = new TensorQuantizer("x", [0f]);
        var input = tensor(new[] { 1f, -2f }).requires_grad_();

        var output = quantizer.Quantize(input);
        output.sum().backward();

        Assert.Equal([0f, 0f], output.detach().data<float>().ToArray());
        Assert.Equal([0f, 0f], input.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Ranges_at_the_edge_of_zero_are_dead_and_above_it_alive()
    {
        var above = MathF.BitIncrement(Symmetric.ZeroAmax);

        Assert.Equal((1f, above / 127f), (Symmetric.Scale(Symmetric.ZeroAmax), Symmetric.Scale(above)));
        Assert.Equal((0, 127), (Symmetric.Level(1, Symmetric.ZeroAmax), Symmetric.Level(1, above)));
        Assert.Equal((0f, above), (Symmetric.FakeQuantize(1, Symmetric.ZeroAmax), Symmetric.FakeQuantize(above, above)));
        Assert.Equal((0, 0f), (Symmetric.Level(float.NaN, 1), Symmetric.FakeQuantize(float.NaN, 1)));
        Assert.Equal(1f / 16777216f, Symmetric.ZeroAmax);
    }

    [Fact]
    public void The_smallest_range_quantizes_to_zero_whole_and_per_channel()
    {
        using var scope = NewDisposeScope();
        using var whole = new TensorQuantizer("x", [Symmetric.ZeroAmax]);
        using var channels = new TensorQuantizer("x", [Symmetric.ZeroAmax, 1f], 0, 1);

        Assert.Equal([0f, 0f], whole.Quantize(tensor(new[] { 1f, -1f })).data<float>().ToArray());
        Assert.Equal([0f, -1f], channels.Quantize(tensor(new[] { 1f, -1f })).data<float>().ToArray());
    }

    [Fact]
    public void A_gradient_passes_inside_the_range_of_its_own_channel()
    {
        using var scope = NewDisposeScope();
        using var quantizer = new TensorQuantizer("x", [1f, 3f], 1, 2);
        var input = tensor(new[] { 2f, 2f, 0.5f, 4f }, [2, 2]).requires_grad_();

        quantizer.Quantize(input).sum().backward();

        Assert.Equal([0f, 1f, 1f, 0f], input.grad!.data<float>().ToArray());
    }

    [Fact]
    public void A_trained_range_never_falls_below_twice_the_range_of_zero()
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        using var quantizer = new LearnedQuantizer("x", [0f]);
        Assert.Equal(Symmetric.ZeroAmax * 2, quantizer.Amax.item<float>());
        quantizer.Amax.fill_(-1);

        Assert.Equal(Symmetric.ZeroAmax * 2, quantizer.Quantize(tensor(new[] { 1f })).item<float>());
    }

    [Fact]
    public void A_refused_range_is_named()
    {
        Assert.Contains("pts_neck._input_quantizer has a negative or non-finite range", Assert.Throws<ArgumentOutOfRangeException>(() => new TensorQuantizer("pts_neck._input_quantizer", [1, -1], 0)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => new TensorQuantizer("x", null!));
        Assert.Throws<ArgumentNullException>(() => new LearnedQuantizer("x", null!));
        using var quantizer = new TensorQuantizer("x", [1]);
        Assert.Throws<ArgumentNullException>(() => new ScaledQuantizer(quantizer, null!));
    }
}
