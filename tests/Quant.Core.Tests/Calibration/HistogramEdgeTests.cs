using CsCheck;
using Quant.Core.Calibration;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Quantization;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Calibration;

/// <summary>Histograms and what is read from them at their edges: ties, empty bins, first and last bins, ranges of zero.</summary>
public sealed class HistogramEdgeTests
{
    [Fact]
    public void A_bin_has_a_lower_edge_and_a_centre()
    {
        var histogram = new Histogram([3, 0, 5], 0.5);

        Assert.Equal((0f, 1.5f, 0.25f, 1.25f, 8L), (histogram.Edge(0), histogram.Edge(3), histogram.Center(0), histogram.Center(2), histogram.Total));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(25, 0)]
    [InlineData(25.01, 0.5)]
    [InlineData(50, 0.5)]
    [InlineData(75, 1)]
    [InlineData(75.01, 1.5)]
    [InlineData(100, 1.5)]
    public void A_percentile_is_the_lower_edge_of_the_bin_that_reaches_it(double percentile, float expected) =>
        Assert.Equal(expected, RangeSearch.Percentile(new Histogram([1, 1, 1, 1], 0.5), percentile));

    [Fact]
    public void A_percentile_of_nothing_is_the_upper_edge() => Assert.Equal(2f, RangeSearch.Percentile(new Histogram([0, 0, 0, 0], 0.5), 99));

    [Fact]
    public void Squared_errors_equal_the_direct_sum_over_bin_centres() =>
        Gen.Long[0, 50].Array[129, 150].Sample(counts =>
        {
            var histogram = new Histogram(counts, 0.25);

            var errors = RangeSearch.SquaredErrors(histogram);

            Assert.All(errors[..128], error => Assert.Equal(0, error));
            for (var candidate = 128; candidate < counts.Length; candidate++)
            {
                var (step, sum) = (Center(candidate) / 127, 0.0);
                for (var bin = 0; bin < counts.Length; bin++)
                {
                    var level = Math.Min(127, Math.Round(Center(bin) / step, MidpointRounding.ToEven));
                    sum += counts[bin] * Math.Pow((level * step) - Center(bin), 2);
                }

                Assert.Equal(sum / counts.Length, errors[candidate], 1e-9 * (1 + sum));
            }

            double Center(int bin) => (bin + 0.5) * 0.25;
        });

    [Fact]
    public void Of_equal_errors_the_smallest_range_is_taken_and_of_equal_divergences_the_largest()
    {
        var empty = new long[140];
        Assert.Equal(128.5f, RangeSearch.MeanSquaredError(new Histogram(empty, 1)));
        Assert.Equal(140f, RangeSearch.Entropy(new Histogram([.. Enumerable.Repeat(5L, 128), .. new long[12]], 1)));
        Assert.Equal(140f, RangeSearch.Entropy(new Histogram([.. Enumerable.Repeat(5L, 140)], 1)));
        Assert.Equal(129, RangeSearch.SquaredErrors(new Histogram(new long[129], 1)).Length);
    }

    [Fact]
    public void Zeros_do_not_count_for_the_divergence()
    {
        long[] counts = [.. Enumerable.Range(0, 300).Select(bin => (long)(1e4 * Math.Exp(-bin / 30.0)))];
        long[] sparse = [1_000_000_000, .. counts[1..]];

        Assert.Equal(RangeSearch.Entropy(new Histogram(counts, 1)), RangeSearch.Entropy(new Histogram(sparse, 1)));
        Assert.Equal(1_000_000_000, sparse[0]);
    }

    [Fact]
    public void A_histogram_that_is_too_short_is_refused_with_what_to_raise()
    {
        var error = Assert.Throws<QuantException>(() => RangeSearch.MeanSquaredError(new Histogram(new long[128], 1)));

        Assert.Equal("a histogram of 128 bins is too short for entropy and mse, which start at bin 128; raise quantization.calibration.num_bins", error.Diagnostics[0].Message);
        Assert.Throws<ArgumentNullException>(() => RangeSearch.Entropy(null!));
        Assert.Throws<ArgumentNullException>(() => RangeSearch.Percentile(null!, 50));
        Assert.Contains("a percentile is between 0 and 100", Assert.Throws<ArgumentOutOfRangeException>(() => RangeSearch.Percentile(new Histogram([1], 1), 101)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_are_added_to_those_of_before_on_every_path()
    {
        float[] values = [.. Enumerable.Range(0, 64).Select(index => index % 8 * 0.25f), .. new float[64], .. Enumerable.Repeat(-2f, 64), .. Enumerable.Repeat(1.3f, 64), 2f, 2.1f, float.NaN];
        var (fast, slow) = (new long[] { 7, 7, 7, 7 }, new long[] { 7, 7, 7, 7 });

        Assert.True(float.IsNaN(HistogramKernel.Add(values, 2, fast)));
        HistogramKernel.AddScalar(values, 2, slow);

        Assert.Equal(slow, fast);
        Assert.Equal(28 + 257, fast.Sum());
        Assert.Equal(2.1f, HistogramKernel.Add(values.AsSpan()[..^1], 2, new long[4]));
    }

    [Fact]
    public void A_short_run_of_values_is_counted_one_by_one()
    {
        var counts = new long[4];

        Assert.Equal(3f, HistogramKernel.Add([0.1f, -0.6f, 2f, 3f], 2, counts));

        Assert.Equal([1L, 1, 0, 1], counts);
        Assert.Equal(0, HistogramKernel.Maximum([]));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(0, 4f)]
    [InlineData(16, 0f)]
    [InlineData(16, -1f)]
    [InlineData(16, 1e-45f)]
    public void An_observer_without_bins_or_range_starts_without_a_histogram(int bins, float? range)
    {
        var observer = new RangeObserver(bins, bins == 0 ? null : range);

        Assert.Null(observer.Histogram);
        Observe(observer, 0.5f, -2f);
        Assert.Equal((2f, 2L, bins == 0), (observer.Maximum, observer.Count, observer.Histogram is null));
    }

    [Fact]
    public void A_value_too_large_to_be_counted_is_seen_as_the_maximum_alone()
    {
        var observer = new RangeObserver(4);
        Observe(observer, 1f);
        Observe(observer, 2e30f, 1f);

        Assert.Equal((2e30f, 3L, 1L), (observer.Maximum, observer.Count, observer.Histogram!.Total));
        var edge = new RangeObserver(4);
        Observe(edge, RangeObserver.Largest);
        Assert.Equal(1, edge.Histogram!.Total);
    }

    [Fact]
    public void Bins_double_in_width_when_there_would_be_too_many()
    {
        var observer = new RangeObserver(2);
        Observe(observer, 2f, 0.5f);
        Observe(observer, (2 * RangeObserver.MaximumBins) + 1f);

        Assert.Equal((2, 4.0), (observer.Rebinned, observer.Histogram!.Width));
        Assert.Equal((2L, 3L, (RangeObserver.MaximumBins / 2) + 1), (observer.Histogram.Counts[0], observer.Histogram.Total, observer.Histogram.Counts.Length));
        var fits = new RangeObserver(1);
        Observe(fits, 1f);
        Observe(fits, RangeObserver.MaximumBins);
        Assert.Equal((0, RangeObserver.MaximumBins), (fits.Rebinned, fits.Histogram!.Counts.Length));
    }

    [Fact]
    public void A_smaller_batch_keeps_bins_and_maximum()
    {
        var observer = new RangeObserver(4);
        Observe(observer, 4f);
        Observe(observer, 1f, 4f);

        Assert.Equal(4f, observer.Maximum);
        Assert.Equal([0L, 1, 0, 2], observer.Histogram!.Counts);
    }

    [Fact]
    public void Zeros_before_the_first_value_count_as_often_as_asked()
    {
        var observer = new RangeObserver(4);
        using var zero = zeros(3);
        observer.Observe(zero, 5);
        Observe(observer, 1f);

        Assert.Equal([15L, 0, 0, 1], observer.Histogram!.Counts);
        Assert.Equal(16, observer.Count);
    }

    [Theory]
    [InlineData(1f, 0.1f, false)]
    [InlineData(1.001f, 0.1f, true)]
    public void Channels_are_scaled_from_more_than_a_tenfold_spread_on(float large, float small, bool scaled) =>
        Assert.Equal(scaled, InputScaling.Scales([large, small, Symmetric.ZeroAmax], "auto") is not null);

    [Fact]
    public void A_dead_channel_is_divided_by_1_and_an_unknown_mode_scales_nothing()
    {
        Assert.Equal([20f, 1f, 1f, 0.5f], InputScaling.Scales([20f, 0f, Symmetric.ZeroAmax, 0.5f], "auto"));
        Assert.Null(InputScaling.Scales([20f, 0.5f], "yes"));
        Assert.Null(InputScaling.Scales([Symmetric.ZeroAmax], "true"));
        Assert.Null(InputScaling.Scales([], "true"));
    }

    [Fact]
    public void Only_a_linear_layer_that_reads_its_tensor_alone_can_be_scaled()
    {
        static LayerPlan Layer(string name, LayerKind kind, string? quantizer) => new(name, kind, quantizer is not null, quantizer is null ? "kept" : null, quantizer, null);

        var plan = new QuantizationPlan([Layer("a", LayerKind.Linear, "alone"), Layer("b", LayerKind.Conv2d, "conv"), Layer("c", LayerKind.Linear, "shared"), Layer("d", LayerKind.Linear, "shared"), Layer("e", LayerKind.Linear, null)]);

        Assert.Equal(["alone"], InputScaling.Candidates(plan));
    }

    [Fact]
    public void A_scaled_tensors_maximum_is_that_of_its_scaled_channels()
    {
        TensorObservation tensor = new("x", 50, 8, null, 0) { ChannelMaxima = [50f, 0f, 0.1f] };
        TensorObservation scaled = tensor with { ChannelScale = [1f, 1f, 1f] };
        TensorObservation plain = tensor with { ChannelMaxima = null };

        var applied = InputScaling.Apply(new(3, [tensor, scaled, plain]), "auto").Tensors;

        Assert.Equal([50f, 1f, 0.1f], applied[0].ChannelScale);
        Assert.Equal(50f * (1f / 50f), applied[0].Maximum);
        Assert.Same(scaled, applied[1]);
        Assert.Same(plain, applied[2]);
        Assert.Same(tensor, InputScaling.Apply(new(3, [tensor]), "false").Tensors[0]);
    }

    private static void Observe(RangeObserver observer, params float[] values)
    {
        using var batch = tensor(values);
        observer.Observe(batch);
    }
}
