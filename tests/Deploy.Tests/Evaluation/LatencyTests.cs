using System.Text.Json;
using Deploy.Evaluation;
using Quant.Core.Diagnostics;
using Xunit;

namespace Deploy.Tests.Evaluation;

public sealed class LatencyTests
{
    [Fact]
    public void Quantiles_are_linear_between_ranks()
    {
        var statistics = LatencyStatistics.From([.. Enumerable.Range(1, 11).Select(i => 12.0 - i)]);
        Assert.Equal((6.0, 6.0, 10.0, 10.9, 1.0, 11.0), (statistics.MedianMs, statistics.MeanMs, statistics.P90Ms, Math.Round(statistics.P99Ms, 12), statistics.MinMs, statistics.MaxMs));
        Assert.Equal(Math.Sqrt(11) / 6, statistics.Cv, 1e-12);
        Assert.Equal(11, statistics.Samples);
    }

    [Fact]
    public void An_even_count_has_the_mean_of_the_middle_two_as_median() =>
        Assert.Equal(2.5, LatencyStatistics.From([4, 1, 2, 3]).MedianMs);

    [Fact]
    public void The_median_has_an_interval_that_holds_it()
    {
        var random = new SplitMix64(5);
        var statistics = LatencyStatistics.From([.. Enumerable.Range(0, 200).Select(_ => 10 + (random.Next(1000) / 1000.0))]);
        Assert.InRange(statistics.MedianMs, statistics.MedianInterval!.Low!.Value, statistics.MedianInterval.High!.Value);
        Assert.InRange(statistics.MedianInterval.High.Value - statistics.MedianInterval.Low.Value, 0.02, 0.3);
        Assert.Null(LatencyStatistics.From([3]).MedianInterval);
    }

    [Fact]
    public void The_speedup_is_a_ratio_of_medians_and_drift_of_the_machine_cancels_in_it()
    {
        var drift = Enumerable.Range(0, 100).Select(i => 1 + (i / 100.0)).ToArray();
        var speedup = LatencyStatistics.Speedup([.. drift.Select(d => 20 * d)], [.. drift.Select(d => 10 * d)]);
        Assert.Equal(2, speedup.Value!.Value, 1e-12);
        Assert.Equal(2, speedup.Low!.Value, 1e-12);
        Assert.Equal(2, speedup.High!.Value, 1e-12);
    }

    [Fact]
    public void Samples_that_are_no_times_are_refused()
    {
        foreach (var samples in new double[][] { [], [1, double.NaN], [-1], [double.PositiveInfinity] })
        {
            Assert.Equal(DiagnosticCodes.LatencySamplesInvalid, Assert.Throws<QuantException>(() => LatencyStatistics.From(samples)).Code);
        }

        Assert.Throws<QuantException>(() => LatencyStatistics.Speedup([1, 2], [1]));
        Assert.Throws<QuantException>(() => LatencyStatistics.Speedup([1, 2], [1, 0]));
    }

    [Fact]
    public void The_stored_form_has_the_names_that_gates_read()
    {
        var times = LatencyStatistics.From([1, 2, 3]);
        var json = EvaluationJson.Serialize(new LatencyReport
        {
            Device = "cpu",
            Provider = "CPUExecutionProvider",
            Warmup = 10,
            Baseline = "fp32",
            Candidate = "int8_cpu",
            Models = new Dictionary<string, LatencyStatistics> { ["fp32"] = times, ["int8_cpu"] = times },
            Speedup = new Estimate(1, 0.9, 1.1),
        });
        var root = JsonDocument.Parse(json).RootElement;
        Assert.Equal(1, root.GetProperty("version").GetInt32());
        Assert.Equal(2, root.GetProperty("models").GetProperty("fp32").GetProperty("median_ms").GetDouble());
        Assert.Equal(0.9, root.GetProperty("speedup").GetProperty("low").GetDouble());
    }
}
