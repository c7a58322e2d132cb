using Deploy.Comparison;
using Xunit;

namespace Deploy.Tests.Comparison;

public sealed class StreamingQuantileTests
{
    [Fact]
    public void Quantiles_interpolate_between_ranks()
    {
        var stream = new StreamingQuantile();
        foreach (var value in (float[])[4, 1, 3, 2])
        {
            stream.Add(value);
        }

        Assert.Equal(2.5, stream.Quantile(0.5));
        Assert.Equal(3.97, stream.Quantile(0.99), 1e-6);
        Assert.Equal((1.0, 4.0), (stream.Quantile(0), stream.Quantile(1)));
        Assert.True(double.IsNaN(new StreamingQuantile().Quantile(0.5)));
    }

    [Fact]
    public void Beyond_the_exact_limit_the_error_stays_below_half_a_millionth()
    {
        var exact = new StreamingQuantile();
        var binned = new StreamingQuantile(exactLimit: 1000);
        var random = new Random(1);
        for (var i = 0; i < 300_000; i++)
        {
            // Mostly tiny, some up to 40: what outputs differ by.
            var value = (float)(Math.Pow(random.NextDouble(), 6) * (i % 1000 == 0 ? 40 : 0.9));
            exact.Add(value);
            binned.Add(value);
        }

        Assert.True(exact.IsExact);
        Assert.False(binned.IsExact);
        foreach (var p in new[] { 0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9995, 0.99999, 1 })
        {
            var expected = exact.Quantile(p);
            Assert.Equal(expected, binned.Quantile(p), 4.8e-7 * Math.Max(1, expected));
        }
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1f)]
    [InlineData(0.99999994f)]
    [InlineData(2f)]
    [InlineData(1e30f)]
    [InlineData(1e-30f)]
    public void Binned_values_at_the_ends_of_octaves_are_found_again(float value)
    {
        var stream = new StreamingQuantile(exactLimit: 0);
        stream.Add(value);
        Assert.Equal(value, stream.Quantile(0.5), 4.8e-7 * Math.Max(1, value));
    }
}
