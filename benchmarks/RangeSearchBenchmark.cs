using BenchmarkDotNet.Attributes;
using Quant.Core.Calibration;

namespace Benchmarks;

/// <summary>Range search on one histogram of 2048 bins.</summary>
public class RangeSearchBenchmark
{
    private readonly Histogram histogram = new([.. Enumerable.Range(0, 2048).Select(bin => (long)(1e6 * Math.Exp(-bin / 150.0)) + 1)], 16.0 / 2048);

    [Benchmark]
    public float Entropy() => RangeSearch.Entropy(histogram);

    [Benchmark]
    public float MeanSquaredError() => RangeSearch.MeanSquaredError(histogram);

    [Benchmark]
    public float Percentile() => RangeSearch.Percentile(histogram, 99.99);
}
