using Quant.Core.Models;
using Quant.Core.Quantization;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Quantization;

public sealed class WeightRangeTests
{
    [Fact]
    public void The_mse_range_of_a_channel_is_the_best_of_the_grid_and_ignores_its_outlier()
    {
        var random = new Random(3);
        float[] weights = [.. Enumerable.Range(0, 4000).Select(index => index == 0 ? 8f : (float)((random.NextDouble() * 2) - 1))];
        using var layer = new Layer("x", LayerKind.Linear, tensor(weights, [2, 2000]).DetachFromDisposeScope(), null, null, Activation.None);

        var range = WeightRange.MeanSquaredError(layer, 0);

        for (var channel = 0; channel < 2; channel++)
        {
            var row = weights[(channel * 2000)..((channel + 1) * 2000)];
            var max = row.Max(MathF.Abs);
            var best = Enumerable.Range(0, 61).Select(step => max * (1f - (0.01f * step))).MinBy(amax => row.Sum(value => Math.Pow(Symmetric.FakeQuantize(value, amax) - value, 2)));
            Assert.Equal(best, range.Amax[channel], 1e-5f * max);
        }

        Assert.True(range.Amax[0] < WeightRange.Max(layer, 0).Amax[0]);
        Assert.Equal(range.Amax.Select(Symmetric.Scale), range.Scale);
    }

    [Fact]
    public void A_channel_scale_is_multiplied_into_the_columns_before_they_are_measured()
    {
        using var layer = new Layer("x", LayerKind.Linear, tensor(new[] { 1f, -2f, 3f, 0.5f }, [2, 2]).DetachFromDisposeScope(), null, null, Activation.None);

        Assert.Equal([8f, 3f], WeightRange.Max(layer, 0, [1f, 4f]).Amax);
    }

    [Fact]
    public void A_dead_channel_has_range_0_and_scale_1_by_either_method()
    {
        using var layer = new Layer("x", LayerKind.Linear, zeros(2, 3).DetachFromDisposeScope(), null, null, Activation.None);

        Assert.Equal([0f, 0f], WeightRange.MeanSquaredError(layer, 0).Amax);
        Assert.Equal([1f, 1f], WeightRange.MeanSquaredError(layer, 0).Scale);
    }
}
