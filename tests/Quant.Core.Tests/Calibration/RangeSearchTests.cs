using System.Text.Json;
using Quant.Core.Calibration;
using Quant.Core.Diagnostics;
using Testing;

namespace Quant.Core.Tests.Calibration;

/// <summary>Against values computed from pytorch-quantization's algorithm and by its own code.</summary>
public sealed class RangeSearchTests
{
    private static readonly Dictionary<string, Histogram> Golden = new()
    {
        ["A"] = Create(10.24, bin => (long)Math.Floor(1e5 * Math.Exp(-0.5 * (bin / 300.0) * (bin / 300.0)))),
        ["B"] = Create(16, bin => bin == 2047 ? 1 : (long)Math.Floor(1e6 * Math.Exp(-bin / 150.0))),
        ["C"] = Create(1, _ => 1000),
        ["D"] = Create(8, bin => bin == 0 ? 10_000_000 : bin < 400 ? 100 : bin == 2047 ? 1 : 0),
    };

    [Theory]
    [InlineData("A", 37_648_655, 6.985, 5.8425)]
    [InlineData("B", 150_499_336, 13.0, 11.41015625)]
    [InlineData("C", 2_048_000, 1.0, 0.995849609375)]
    [InlineData("D", 10_039_901, 8.0, 6.560546875)]
    public void Entropy_and_mse_equal_the_golden_table(string name, long total, double entropy, double mse)
    {
        Assert.Equal(total, Golden[name].Total);
        Assert.Equal(entropy, RangeSearch.Entropy(Golden[name]), 1e-6);
        Assert.Equal(mse, RangeSearch.MeanSquaredError(Golden[name]), 1e-6);
    }

    [Theory]
    [InlineData("A", 1168, 3.538415223948)]
    [InlineData("B", 1460, 57.27618617656)]
    [InlineData("C", 2039, 0.00512636086580)]
    [InlineData("D", 1679, 0.0239508153509)]
    public void The_squared_error_of_the_best_candidate_equals_the_direct_sum(string name, int candidate, double expected) =>
        Assert.Equal(1, RangeSearch.SquaredErrors(Golden[name])[candidate] / expected, 1e-10);

    [Theory]
    [InlineData("A", 3.865, 4.93, 5.815, 6.535)]
    [InlineData("B", 5.390625, 8.0859375, 10.75, 13.2421875)]
    [InlineData("C", 0.98974609375, 0.99853515625, 0.99951171875, 0.99951171875)]
    [InlineData("D", 0.0, 1.16796875, 1.51953125, 1.55859375)]
    public void Percentiles_equal_the_golden_table(string name, double p99, double p999, double p9999, double p99999)
    {
        Assert.Equal(p99, RangeSearch.Percentile(Golden[name], 99), 1e-6);
        Assert.Equal(p999, RangeSearch.Percentile(Golden[name], 99.9), 1e-6);
        Assert.Equal(p9999, RangeSearch.Percentile(Golden[name], 99.99), 1e-6);
        Assert.Equal(p99999, RangeSearch.Percentile(Golden[name], 99.999), 1e-6);
    }

    [Fact]
    public void A_grown_histogram_gives_the_literal_ranges()
    {
        var counts = new long[2057];
        (counts[0], counts[2047], counts[2048], counts[2056]) = (2, 5, 4, 1);
        var histogram = new Histogram(counts, 255.0 / 2048);

        Assert.Equal(255.12451171875, RangeSearch.Entropy(histogram), 1e-5);
        Assert.Equal(255.062255859375, RangeSearch.MeanSquaredError(histogram), 1e-5);
    }

    [Fact]
    public void Ranges_equal_those_of_pytorch_quantization_on_its_own_histograms()
    {
        var file = NpzFile.Read(SharedData.Require("golden/histograms.npz"));
        using var json = JsonDocument.Parse(File.ReadAllText(SharedData.Require("golden/histograms_amax.json")));
        foreach (var layer in json.RootElement.EnumerateObject())
        {
            var counts = file.Doubles($"{layer.Name}|counts").Select(count => (long)count).ToArray();
            var edges = file.Doubles($"{layer.Name}|edges");
            var histogram = new Histogram(counts, edges[^1] / counts.Length);

            AssertWithinBin(layer.Value.GetProperty("entropy").GetDouble(), RangeSearch.Entropy(histogram), 1e-4);
            AssertWithinBin(layer.Value.GetProperty("percentile").GetDouble(), RangeSearch.Percentile(histogram, 99.99), 1e-4);
            // The peer quantizes in float32: flat minima may move by a bin.
            AssertWithinBin(layer.Value.GetProperty("mse").GetDouble(), RangeSearch.MeanSquaredError(histogram), 1.01 * histogram.Width);
        }
    }

    [Fact]
    public void Entropy_equals_the_definition_computed_bin_by_bin()
    {
        var random = new Random(5);
        for (var round = 0; round < 5; round++)
        {
            var counts = Enumerable.Range(0, 300).Select(bin => random.Next(4) == 0 ? 0L : (long)(1e4 * Math.Exp(-bin / 40.0)) + random.Next(3)).ToArray();
            counts[^1] = 3;
            var histogram = new Histogram(counts, 0.5);

            Assert.Equal(DirectEntropy(histogram), RangeSearch.Entropy(histogram));
        }
    }

    [Fact]
    public void Too_few_bins_are_refused_by_name()
    {
        var error = Assert.Throws<QuantException>(() => RangeSearch.Entropy(new Histogram(new long[128], 1)));

        Assert.Equal("QNT0316", error.Code);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(100.1)]
    [InlineData(double.NaN)]
    public void A_percentile_outside_0_to_100_is_refused(double percentile) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RangeSearch.Percentile(Golden["A"], percentile));

    private static void AssertWithinBin(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"expected {expected}, found {actual}");

    private static Histogram Create(double range, Func<int, long> count) => new([.. Enumerable.Range(0, 2048).Select(count)], range / 2048);

    /// <summary>The calibrator's own loop: expand each candidate over its bins and take the last smallest divergence.</summary>
    private static float DirectEntropy(Histogram histogram)
    {
        var counts = (long[])histogram.Counts.Clone();
        counts[0] = counts[1];
        var (best, bestDivergence) = (0, double.PositiveInfinity);
        for (var candidate = 128; candidate <= counts.Length; candidate++)
        {
            var expanded = new double[candidate];
            for (var level = 0; level < 128; level++)
            {
                var bins = Enumerable.Range(0, candidate).Where(bin => (long)bin * 128 / candidate == level && counts[bin] > 0).ToList();
                bins.ForEach(bin => expanded[bin] = bins.Average(other => (double)counts[other]));
            }

            var reference = counts.Take(candidate).Select(count => (double)count).ToArray();
            reference[^1] += counts.Skip(candidate).Sum();
            var (total, mass) = (reference.Sum(), expanded.Sum());
            var divergence = 0.0;
            for (var bin = 0; bin < candidate; bin++)
            {
                if (reference[bin] > 0)
                {
                    divergence += expanded[bin] == 0 ? double.PositiveInfinity : reference[bin] / total * Math.Log(reference[bin] / total / (expanded[bin] / mass));
                }
            }

            if (divergence <= bestDivergence + 1e-12)
            {
                (best, bestDivergence) = (candidate, Math.Min(divergence, bestDivergence));
            }
        }

        return histogram.Edge(best);
    }
}
