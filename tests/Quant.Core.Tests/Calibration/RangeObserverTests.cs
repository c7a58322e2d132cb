using CsCheck;
using Quant.Core.Calibration;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Calibration;

public sealed class RangeObserverTests
{
    [Fact]
    public void Bins_grow_at_the_width_of_the_first_batch()
    {
        var observer = new RangeObserver(2048);

        Observe(observer, 0, 255, 255, 255, 255, 255);
        Observe(observer, 0, 255, 255, 255, 255, 256);

        var counts = observer.Histogram!.Counts;
        Assert.Equal(2057, counts.Length);
        Assert.Equal(256.12060546875, observer.Histogram.Edge(2057), 1e-6);
        Assert.Equal([(0, 2L), (2047, 5L), (2048, 4L), (2056, 1L)], counts.Index().Where(bin => bin.Item > 0));
    }

    [Fact]
    public void Zeros_before_the_first_value_are_counted()
    {
        var observer = new RangeObserver(16);

        Observe(observer, 0, 0, 0);
        Observe(observer, 0, 8);

        Assert.Equal(4, observer.Histogram!.Counts[0]);
        Assert.Equal(1, observer.Histogram.Counts[15]);
    }

    [Fact]
    public void A_first_batch_too_small_for_a_bin_width_counts_as_zeros()
    {
        var observer = new RangeObserver(2048);
        using var tiny = tensor([1e-44f, 0f]);
        using var normal = tensor([1f, 0.5f]);
        observer.Observe(tiny);
        Assert.Null(observer.Histogram);
        observer.Observe(normal);
        var histogram = observer.Histogram!;
        Assert.Equal(1.0 / 2048, histogram.Width);
        Assert.Equal(2, histogram.Counts[0]);
        Assert.Equal(4, histogram.Total);
    }

    [Fact]
    public void Nothing_but_zeros_gives_no_histogram_and_a_maximum_of_zero()
    {
        var observer = new RangeObserver(16);

        Observe(observer, 0, 0);

        Assert.Null(observer.Histogram);
        Assert.Equal(0, observer.Maximum);
        Assert.Equal(2, observer.Count);
    }

    [Fact]
    public void Not_a_number_is_kept_as_the_maximum()
    {
        var observer = new RangeObserver(16);

        Observe(observer, 1, float.NaN);
        Observe(observer, 2);

        Assert.True(float.IsNaN(observer.Maximum) || observer.Maximum == 2, "a NaN batch is seen by the caller at once");
        var infinite = new RangeObserver(16);
        Observe(infinite, float.NegativeInfinity);
        Assert.Equal(float.PositiveInfinity, infinite.Maximum);
    }

    [Fact]
    public void A_tiny_first_batch_does_not_exhaust_memory()
    {
        var observer = new RangeObserver(2048);

        Observe(observer, 1e-6f, 5e-7f);
        Observe(observer, 100f);

        Assert.True(observer.Rebinned > 0);
        Assert.InRange(observer.Histogram!.Counts.Length, 2048, RangeObserver.MaximumBins);
        Assert.Equal(3, observer.Histogram.Total);
    }

    [Fact]
    public void With_a_range_known_beforehand_the_order_of_batches_does_not_matter() =>
        Gen.Float[-50, 50].Array[1, 200].Array[1, 6].Sample(batches =>
        {
            var maximum = batches.SelectMany(batch => batch).Max(MathF.Abs);
            var forward = Counts(batches, maximum);
            var backward = Counts([.. batches.Reverse()], maximum);
            var joined = Counts([[.. batches.SelectMany(batch => batch)]], maximum);

            Assert.Equal(forward, backward);
            Assert.Equal(forward, joined);
        });

    /// <summary>Few bins for many values, so that the vector path runs; values at, just below and above the last bin's edge, and such as are no numbers.</summary>
    [Fact]
    public void The_vector_kernel_equals_its_scalar_twin() =>
        Gen.Select(Gen.OneOf(Gen.Float[-3, 3], Gen.Const(0f), Gen.Const(0.5f), Gen.Const(2.5f), Gen.Const(MathF.BitDecrement(2.5f))).Array[0, 900], Gen.Int[1, 200], Gen.OneOf(Gen.Const(1f), Gen.Const(float.PositiveInfinity), Gen.Const(float.NaN)))
            .Sample((values, bins, odd) =>
            {
                float[] all = [.. values, odd];
                var (fast, slow) = (new long[bins], new long[bins]);

                var maximum = HistogramKernel.Add(all, 2.5f, fast);
                HistogramKernel.AddScalar(all, 2.5f, slow);

                Assert.Equal(slow, fast);
                Assert.Equal(HistogramKernel.Maximum(all), maximum);
            });

    [Fact]
    public void The_kernel_counts_as_torch_histc_does()
    {
        manual_seed(3);
        using var values = randn(100_000).abs().clamp(0, 4);
        using var expected = values.histc(2048, 0, 4);
        var counts = new long[2048];

        HistogramKernel.Add(values.data<float>().ToArray(), 4, counts);

        Assert.Equal(expected.data<float>().ToArray().Select(count => (long)count), counts);
    }

    /// <summary>What a GPU computes, here on the CPU's tensors: values beside every edge, zeros, and numbers of bins that are no power of two.</summary>
    [Theory]
    [InlineData(2048)]
    [InlineData(2311)]
    [InlineData(3)]
    [InlineData(1)]
    public void Counting_with_tensor_operations_equals_the_kernel(int bins)
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        const float Top = 3.7f;
        float[] edges = [.. Enumerable.Range(0, bins + 1).Select(bin => MathF.Min(Top, bin * Top / bins)).SelectMany(edge => new[] { edge, MathF.BitDecrement(edge), MathF.Min(Top, MathF.BitIncrement(edge)) }).Select(MathF.Abs)];
        var map = cat([zeros(40_000), rand(8_000) * Top, full([1_000], 1e-30), full([1_000], Top), tensor(edges), zeros(100_000 - 50_000 - edges.Length)]).view(2, 5, 100, 100);
        var expected = new long[bins];

        HistogramKernel.AddScalar(map.data<float>().ToArray(), Top, expected);

        Assert.Equal(expected, DeviceHistogram.Counts(map, bins, Top));
        Assert.Equal(expected, DeviceHistogram.Counts(map.flatten(), bins, Top));
    }

    [Fact]
    public void The_maximum_is_the_largest_magnitude_and_keeps_what_is_no_number() =>
        Gen.Select(Gen.Float[-3, 3].Array[0, 100], Gen.OneOf(Gen.Const(0f), Gen.Const(-7f), Gen.Const(float.NegativeInfinity), Gen.Const(float.NaN)), Gen.Int[0, 100]).Sample((values, odd, place) =>
        {
            float[] all = [.. values[..Math.Min(place, values.Length)], odd, .. values[Math.Min(place, values.Length)..]];
            var expected = all.Aggregate(0f, (largest, value) => float.IsNaN(largest) || float.IsNaN(value) ? float.NaN : Math.Max(largest, Math.Abs(value)));

            Assert.Equal(expected, HistogramKernel.Maximum(all));
        });

    /// <summary>Large enough to be counted in parts: constant runs, zeros and noise.</summary>
    [Fact]
    public void A_large_tensor_is_counted_as_its_values_are()
    {
        using var scope = NewDisposeScope();
        manual_seed(9);
        var values = cat([zeros(100_000), full([50_003], 1.75), randn(200_000)]);
        var observer = new RangeObserver(500);

        observer.Observe(values);
        observer.Observe(values.mul(-1.5));

        float[] all = [.. values.data<float>(), .. values.mul(-1.5).data<float>()];
        var histogram = observer.Histogram!;
        Assert.Equal(all.Max(Math.Abs), observer.Maximum);
        Assert.Equal(all.Length, histogram.Total);
        var expected = new long[histogram.Counts.Length];
        HistogramKernel.AddScalar(values.data<float>().ToArray(), values.abs().max().ToSingle(), expected.AsSpan(0, 500));
        HistogramKernel.AddScalar(values.mul(-1.5).data<float>().ToArray(), (float)(expected.Length * (double)(float)histogram.Width), expected);
        Assert.Equal(expected, histogram.Counts);
    }

    [Fact]
    public void The_maximum_is_that_of_all_batches_and_one_broken_value_among_many_stays_seen()
    {
        using var scope = NewDisposeScope();
        var observer = new RangeObserver(0);
        Observe(observer, 3, -5);
        Observe(observer, 1);
        Assert.Equal(5, observer.Maximum);

        observer.Observe(cat([ones(200_000), full([1], double.NaN), ones(200_000)]));
        Observe(observer, 1);

        Assert.Equal(float.NaN, observer.Maximum);
    }

    private static long[] Counts(float[][] batches, float maximum)
    {
        var observer = new RangeObserver(64, maximum);
        foreach (var batch in batches)
        {
            Observe(observer, batch);
        }

        return observer.Histogram?.Counts ?? [];
    }

    private static void Observe(RangeObserver observer, params float[] values)
    {
        using var batch = tensor(values);
        observer.Observe(batch);
    }

    [Fact]
    public void Values_may_count_several_times()
    {
        using var scope = NewDisposeScope();
        var observer = new RangeObserver(8);
        observer.Observe(tensor(new[] { 0f, 1f, 8f }));
        observer.Observe(tensor(new[] { 1f }), 5);
        observer.Observe(empty(0));

        Assert.Equal(8, observer.Count);
        Assert.Equal([1L, 6, 0, 0, 0, 0, 0, 1], observer.Histogram!.Counts);
    }
}
