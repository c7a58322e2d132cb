using System.Text.Json.Serialization;
using Quant.Core.Diagnostics;

namespace Deploy.Evaluation;

/// <summary>Latency of one model in milliseconds.</summary>
public sealed record LatencyStatistics
{
    private const int Resamples = 2000;

    /// <summary>Measured runs.</summary>
    [JsonPropertyName("samples")]
    public required int Samples { get; init; }

    /// <summary>Median.</summary>
    [JsonPropertyName("median_ms")]
    public required double MedianMs { get; init; }

    /// <summary>Arithmetic mean.</summary>
    [JsonPropertyName("mean_ms")]
    public required double MeanMs { get; init; }

    /// <summary>90 % quantile, linear between ranks.</summary>
    [JsonPropertyName("p90_ms")]
    public required double P90Ms { get; init; }

    /// <summary>99 % quantile, linear between ranks.</summary>
    [JsonPropertyName("p99_ms")]
    public required double P99Ms { get; init; }

    /// <summary>Fastest run.</summary>
    [JsonPropertyName("min_ms")]
    public required double MinMs { get; init; }

    /// <summary>Slowest run.</summary>
    [JsonPropertyName("max_ms")]
    public required double MaxMs { get; init; }

    /// <summary>Coefficient of variation: sample standard deviation over mean; 0 for a single run.</summary>
    [JsonPropertyName("cv")]
    public required double Cv { get; init; }

    /// <summary>Bootstrap interval (95 %) of the median; null for a single run.</summary>
    [JsonPropertyName("median_interval_ms")]
    public Estimate? MedianInterval { get; init; }

    /// <summary>Summarizes measured runs.</summary>
    /// <exception cref="QuantException">QNT0614: no samples, or one that is negative or not finite.</exception>
    public static LatencyStatistics From(IReadOnlyList<double> samplesMs, ulong seed = 0)
    {
        Check(samplesMs, "latency");
        var sorted = samplesMs.Order().ToArray();
        var mean = sorted.Average();
        var deviation = sorted.Length == 1 ? 0 : Math.Sqrt(sorted.Sum(sample => (sample - mean) * (sample - mean)) / (sorted.Length - 1));
        return new LatencyStatistics
        {
            Samples = sorted.Length,
            MedianMs = Interpolation.Quantile(sorted, 0.5),
            MeanMs = mean,
            P90Ms = Interpolation.Quantile(sorted, 0.9),
            P99Ms = Interpolation.Quantile(sorted, 0.99),
            MinMs = sorted[0],
            MaxMs = sorted[^1],
            Cv = mean == 0 ? 0 : deviation / mean,
            MedianInterval = sorted.Length == 1 ? null : MedianOf(sorted, seed),
        };
    }

    /// <summary>
    /// How many times faster the candidate is: the baseline's median over the candidate's, with a bootstrap interval. Sample i of both was
    /// taken in the same round of an interleaved measurement, so rounds are resampled and drift of the machine cancels.
    /// </summary>
    /// <exception cref="QuantException">QNT0614: unequal counts, or a sample that is not positive and finite.</exception>
    public static Estimate Speedup(IReadOnlyList<double> baselineMs, IReadOnlyList<double> candidateMs, int resamples = Resamples, ulong seed = 0)
    {
        Check(baselineMs, "baseline latency");
        Check(candidateMs, "candidate latency");
        if (baselineMs.Count != candidateMs.Count || candidateMs.Any(sample => sample == 0))
        {
            throw new QuantException(
                DiagnosticCodes.LatencySamplesInvalid,
                $"an interleaved measurement needs as many baseline as candidate samples above 0 ms, got {baselineMs.Count} and {candidateMs.Count}");
        }

        var baseline = new WeightedMedian(baselineMs);
        var candidate = new WeightedMedian(candidateMs);
        var ratios = new double[resamples];
        var weights = new int[baselineMs.Count];
        for (var r = 0; r < resamples; r++)
        {
            Draw(SplitMix64.ForStream(seed, r), weights);
            ratios[r] = baseline.Of(weights) / candidate.Of(weights);
        }

        Array.Fill(weights, 1);
        return Estimate.From(baseline.Of(weights) / candidate.Of(weights), ratios);
    }

    private static Estimate MedianOf(double[] sorted, ulong seed)
    {
        var median = new WeightedMedian(sorted);
        var weights = new int[sorted.Length];
        var medians = new double[Resamples];
        for (var r = 0; r < Resamples; r++)
        {
            Draw(SplitMix64.ForStream(seed, r), weights);
            medians[r] = median.Of(weights);
        }

        return Estimate.From(Interpolation.Quantile(sorted, 0.5), medians);
    }

    private static void Draw(SplitMix64 random, int[] weights)
    {
        Array.Clear(weights);
        for (var i = 0; i < weights.Length; i++)
        {
            weights[random.Next(weights.Length)]++;
        }
    }

    private static void Check(IReadOnlyList<double> samples, string what)
    {
        if (samples.Count == 0 || samples.Any(sample => !(sample >= 0) || double.IsInfinity(sample)))
        {
            throw new QuantException(
                DiagnosticCodes.LatencySamplesInvalid,
                $"{what} has {samples.Count} samples, of which {samples.Count(sample => !(sample >= 0) || double.IsInfinity(sample))} are negative or not finite; measure again with latency.iterations of at least 1");
        }
    }
}
