using BenchmarkDotNet.Attributes;
using Quant.Core.Calibration;

namespace Benchmarks;

/// <summary>The counting kernel on 2^24 values: a sparse map (90 % zeros) and dense values, beside its scalar twin.</summary>
public class HistogramBenchmark
{
    private const int Count = 1 << 24;
    private readonly float[] values = new float[Count];
    private readonly long[] counts = new long[2048];

    [Params(0.9, 0.0)]
    public double ZeroShare { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        // Zeros come in runs, as empty regions of a map do.
        var random = new Random(1);
        for (var start = 0; start < Count; start += 64)
        {
            var empty = random.NextDouble() < ZeroShare;
            for (var index = start; index < start + 64; index++)
            {
                values[index] = empty ? 0 : random.NextSingle() * 10;
            }
        }
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public void Vector() => HistogramKernel.Add(values, 10, counts);

    [Benchmark(OperationsPerInvoke = Count)]
    public void Scalar() => HistogramKernel.AddScalar(values, 10, counts);
}
