using Quant.Core.Calibration;
using Quant.Core.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Peers;

/// <summary>Cases of pytorch-quantization's calibrator_test (pq), Model Optimizer (mo) and NVIDIA's issues, numbered as in docs/peer_cases.md.</summary>
public sealed class CalibratorCases
{
    /// <summary>pq: calibrator_test.TestMaxCalibrator.test_simple_run.</summary>
    [Fact]
    public void C1_the_maximum_of_two_tensors()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var (first, second) = (rand(129), rand(127));

        Assert.Equal(Math.Max(first.max().ToSingle(), second.max().ToSingle()), Observed(0, first, second).Maximum);
    }

    /// <summary>pq: calibrator_test.TestHistogramCalibrator.test_grow.</summary>
    [Fact]
    public void D1_a_histogram_that_grows()
    {
        using var scope = NewDisposeScope();
        var histogram = Observed(2048, tensor(new[] { 0f, 255, 255, 255, 255, 255 }), tensor(new[] { 0f, 255, 255, 255, 255, 256 })).Histogram!;

        Assert.Equal(255.12451171875, RangeSearch.Entropy(histogram));
        Assert.Equal(255.062255859375, RangeSearch.MeanSquaredError(histogram));
    }

    /// <summary>pq: calibrator_test.TestHistogramCalibrator.test_torch_hist: 19 bins, three rounds of values in [0, 1) and [1, 2) with a zero each; scalar, vector and libtorch count alike.</summary>
    [Fact]
    public void D3_scalar_vector_and_libtorch_count_alike()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var batches = Enumerable.Range(0, 3).SelectMany(_ => new[] { cat([zeros(1), rand(1000)]), cat([zeros(1), rand(1000) + ones(1)]) }).ToArray();
        var observer = Observed(19, batches);
        var counts = observer.Histogram!.Counts;
        var width = batches[0].max().ToSingle() / 19;
        var (scalar, library) = (new long[counts.Length], new long[counts.Length]);
        var (bins, top) = (19, batches[0].max().ToSingle());
        foreach (var batch in batches)
        {
            if (batch.max().ToSingle() > top)
            {
                bins = (int)Math.Ceiling(batch.max().ToSingle() / width);
                top = (float)(bins * (double)width);
            }

            HistogramKernel.AddScalar(batch.data<float>().ToArray(), top, scalar.AsSpan(0, bins));
            var found = batch.mul(bins).div(top).floor().clamp(0, bins - 1).data<float>().ToArray();
            Array.ForEach(found, bin => library[(int)bin]++);
        }

        Assert.Equal(scalar, counts);
        Assert.Equal(library, counts);
    }

    /// <summary>pq: calibrator_test.TestEntropyCalibrator.test_one_tensor, test_two_tensor: a single 10 among uniforms is clipped away.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void D4_entropy_clips_one_outlier(int tensors)
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var batches = Enumerable.Range(0, tensors).Select(_ => rand(11, 7, 3, 3)).ToArray();
        batches[0][1, 1, 1, 1] = tensor(10f);

        Assert.InRange(RangeSearch.Entropy(Observed(2048, batches).Histogram!), 0, 1.1);
    }

    /// <summary>pq: calibrator_test.TestMSECalibrator.test_one_tensor, test_two_tensor, test_unsigned_one_tensor (D6: the values are signed-representable).</summary>
    [Theory]
    [InlineData(255, 256, 1)]
    [InlineData(255, 256, 2)]
    [InlineData(512, 513, 1)]
    public void D5_D6_mse_keeps_to_the_many(float many, float one, int tensors)
    {
        using var scope = NewDisposeScope();
        var batches = Enumerable.Range(0, tensors).Select(_ => full([11, 7, 3, 3], many)).ToArray();
        batches[0][1, 1, 1, 1] = tensor(one);

        var amax = RangeSearch.MeanSquaredError(Observed(2048, batches).Histogram!);

        Assert.True(Math.Abs(amax - many) < Math.Abs(amax - one), $"{amax}");
    }

    /// <summary>pq: calibrator_test.TestPercentileCalibrator on arange(100) (D7, D8, D11), and with arange(0, 50, 0.5) after it (D9).</summary>
    [Theory]
    [InlineData(90, 88.99365234375)]
    [InlineData(80, 78.9873046875)]
    [InlineData(50, 48.96826171875)]
    [InlineData(99, 97.98486328125)]
    [InlineData(99.99, 98.95166015625)]
    public void D7_D8_D11_percentiles_of_0_to_99(double percentile, double expected)
    {
        using var scope = NewDisposeScope();

        Assert.Equal(expected, RangeSearch.Percentile(Observed(2048, arange(100, dtype: float32)).Histogram!, percentile), 1e-5);
    }

    [Fact]
    public void D9_percentile_99_of_two_tensors()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(97, RangeSearch.Percentile(Observed(2048, arange(100, dtype: float32), arange(0, 50, 0.5, dtype: float32)).Histogram!, 99), 100.0 / 1024);
    }

    /// <summary>mo: MSE calibrator. Ones with a 10 (F1), uniforms with a −12 (F2), 512 with a 513 (F3), and a second batch of twos with a 16 (F4): the loss at the chosen range is at most that at the maximum.</summary>
    [Theory]
    [InlineData("F1", 1.0)]
    [InlineData("F2", 1.0)]
    [InlineData("F3", 1.0)]
    [InlineData("F4", 1.0)]
    public void The_chosen_range_loses_no_more_than_the_maximum(string id, double share)
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        float[][] batches = id switch
        {
            "F1" => [[10, .. Enumerable.Repeat(1f, 1023)]],
            "F2" => [[-12, .. rand(4095).mul(2).sub(1).data<float>().ToArray()]],
            "F3" => [[513, .. Enumerable.Repeat(512f, 1023)]],
            _ => [[10, .. Enumerable.Repeat(1f, 1023)], [16, .. Enumerable.Repeat(2f, 1023)]],
        };

        var amax = RangeSearch.MeanSquaredError(Observed(2048, [.. batches.Select(batch => tensor(batch))]).Histogram!);

        double Loss(float range) => batches.SelectMany(batch => batch).Average(value => Math.Pow(Symmetric.FakeQuantize(value, range) - value, 2));
        var largest = batches.SelectMany(batch => batch).Max(Math.Abs);
        Assert.InRange(amax, 0, largest);
        // Bins have a width: the histogram's optimum may miss the data's by what a bin is.
        Assert.InRange(Loss(amax), 0, (share * Loss(largest)) + Math.Pow(largest / 2048, 2));
        Assert.True(id != "F3" || Loss(amax) < 1);
    }

    /// <summary>Issue 2757: more than 2²⁴ counts in one bin are exact.</summary>
    [Fact]
    public void G1_counts_above_two_to_the_24()
    {
        using var scope = NewDisposeScope();
        var observer = new RangeObserver(16);
        observer.Observe(ones(1), 1 << 24);
        observer.Observe(ones(1), 1 << 24);
        observer.Observe(ones(1));
        var counts = new long[16];
        HistogramKernel.Add(new float[(1 << 24) + 1], 1, counts);

        Assert.Equal((1L << 25) + 1, observer.Histogram!.Total);
        Assert.Equal((1L << 24) + 1, counts[0]);
    }

    private static RangeObserver Observed(int bins, params Tensor[] batches)
    {
        var observer = new RangeObserver(bins);
        Array.ForEach(batches, batch => observer.Observe(batch));
        return observer;
    }
}
