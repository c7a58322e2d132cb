using Quant.Core.Diagnostics;

namespace Quant.Core.Calibration;

/// <summary>
/// Finds the range of a histogram as pytorch-quantization's HistogramCalibrator does (8 bits, signed, stride 1, first candidate at
/// bin 128), with prefix sums instead of one pass over the bins per candidate.
/// </summary>
public static class RangeSearch
{
    private const int Levels = 128;
    private const int FirstCandidate = 128;

    /// <summary>
    /// The range whose quantized distribution has the smallest Kullback–Leibler divergence; of equal ones the largest. Bin 0 counts as
    /// bin 1, because zeros would outweigh everything else.
    /// </summary>
    /// <returns>The upper edge of the kept bins.</returns>
    public static float Entropy(Histogram histogram)
    {
        var counts = (long[])Checked(histogram).Counts.Clone();
        counts[0] = counts[1];
        var (sums, occupied) = (new long[counts.Length + 1], new int[counts.Length + 1]);
        var logSums = new double[counts.Length + 1];
        for (var bin = 0; bin < counts.Length; bin++)
        {
            sums[bin + 1] = sums[bin] + counts[bin];
            occupied[bin + 1] = occupied[bin] + (counts[bin] > 0 ? 1 : 0);
            logSums[bin + 1] = logSums[bin] + TimesLog(counts[bin]);
        }

        var divergences = new double[counts.Length + 1];
        Array.Fill(divergences, double.PositiveInfinity);
        for (var candidate = FirstCandidate; candidate <= counts.Length; candidate++)
        {
            divergences[candidate] = Divergence(candidate);
        }

        // The direct form gives exact zeros where this one gives rounding noise, so equal means equal up to 1e-12.
        var smallest = divergences.Min();
        return histogram.Edge(Array.FindLastIndex(divergences, value => value <= smallest + 1e-12));

        double Divergence(int candidate)
        {
            var total = sums[^1];
            var outside = total - sums[candidate];
            var last = counts[candidate - 1];
            if (total == 0 || (outside > 0 && last == 0))
            {
                return double.PositiveInfinity;
            }

            var reference = logSums[candidate] - TimesLog(last) + TimesLog(last + outside);
            var expanded = 0.0;
            for (var level = 0; level < Levels; level++)
            {
                // Bins ⌈level·candidate/128⌉ … ⌈(level+1)·candidate/128⌉ − 1.
                var low = (int)((((long)level * candidate) + Levels - 1) / Levels);
                var high = (int)((((long)(level + 1) * candidate) + Levels - 1) / Levels);
                var mass = sums[high] - sums[low];
                if (mass > 0)
                {
                    var bins = occupied[high] - occupied[low];
                    expanded += (mass + (level == Levels - 1 ? outside : 0)) * Math.Log((double)mass / bins);
                }
            }

            var divergence = ((reference - expanded) / total) - Math.Log(total) + Math.Log(sums[candidate]);
            return Math.Max(0, divergence);
        }
    }

    /// <summary>The candidate with the smallest mean squared error of all bin centres; of equal ones the smallest.</summary>
    /// <returns>A bin's centre.</returns>
    public static float MeanSquaredError(Histogram histogram)
    {
        var errors = SquaredErrors(Checked(histogram));
        var best = FirstCandidate;
        for (var candidate = FirstCandidate + 1; candidate < errors.Length; candidate++)
        {
            if (errors[candidate] < errors[best])
            {
                best = candidate;
            }
        }

        return histogram.Center(best);
    }

    /// <summary>The mean over bins of count·(fake-quantized centre − centre)², for candidates from 128; 0 before.</summary>
    public static double[] SquaredErrors(Histogram histogram)
    {
        // In half bins: centre j is u = 2j + 1 and candidate i is m = 2i + 1, so level k stands for y = k·m/127.
        var counts = Checked(histogram).Counts;
        var (mass, first, second) = (new Int128[counts.Length + 1], new Int128[counts.Length + 1], new Int128[counts.Length + 1]);
        for (var bin = 0; bin < counts.Length; bin++)
        {
            Int128 u = (2 * bin) + 1;
            mass[bin + 1] = mass[bin] + counts[bin];
            first[bin + 1] = first[bin] + (counts[bin] * u);
            second[bin + 1] = second[bin] + (counts[bin] * u * u);
        }

        var errors = new double[counts.Length];
        for (var candidate = FirstCandidate; candidate < counts.Length; candidate++)
        {
            long m = (2 * candidate) + 1;
            var sum = 0.0;
            var low = 0;
            for (var level = 0; level < Levels; level++)
            {
                var high = level == Levels - 1 ? counts.Length : UpperBin(level, m);
                if (high > low)
                {
                    // 127²·Σ b(y − u)² in exact integers: levels are k·m/127.
                    Int128 y = level * m;
                    var exact = (y * y * (mass[high] - mass[low])) - (2 * 127 * y * (first[high] - first[low])) + (127 * 127 * (second[high] - second[low]));
                    sum += (double)exact;
                    low = high;
                }
            }

            errors[candidate] = sum / (127.0 * 127.0) * (histogram.Width / 2) * (histogram.Width / 2) / counts.Length;
        }

        return errors;

        // One past the last bin of a level: 254·u ≤ (2·level + 1)·m. The left side is even and the right one odd, so there is no tie.
        static int UpperBin(int level, long m) => (int)(((((2 * level) + 1) * m / 254) + 1) / 2);
    }

    /// <summary>The lower edge of the bin in which the cumulated share reaches the percentile.</summary>
    /// <param name="histogram">Any length.</param>
    /// <param name="percentile">0…100.</param>
    /// <returns>0 when the first bin alone reaches it: the caller must not use that as a range.</returns>
    public static float Percentile(Histogram histogram, double percentile)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        if (!(percentile >= 0 && percentile <= 100))
        {
            throw new ArgumentOutOfRangeException(nameof(percentile), percentile, "a percentile is between 0 and 100");
        }

        var total = (double)histogram.Total;
        var cumulated = 0.0;
        for (var bin = 0; bin < histogram.Counts.Length; bin++)
        {
            cumulated += histogram.Counts[bin] / total;
            if (cumulated >= percentile / 100)
            {
                return histogram.Edge(bin);
            }
        }

        return histogram.Edge(histogram.Counts.Length);
    }

    private static double TimesLog(long count) => count > 0 ? count * Math.Log(count) : 0;

    private static Histogram Checked(Histogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        return histogram.Counts.Length > FirstCandidate
            ? histogram
            : throw new QuantException(DiagnosticCodes.HistogramTooShort, $"a histogram of {histogram.Counts.Length} bins is too short for entropy and mse, which start at bin {FirstCandidate}; raise quantization.calibration.num_bins");
    }
}
