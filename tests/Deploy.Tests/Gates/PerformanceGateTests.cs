using Deploy.Gates;
using Xunit;

namespace Deploy.Tests.Gates;

/// <summary>Latency, speed-up, INT8 share and size: which numbers are taken, and what is said without them.</summary>
public sealed class PerformanceGateTests
{
    private static readonly StoredLatency Latency = new()
    {
        Version = 1,
        Baseline = "fp32",
        Candidate = "int8_cpu",
        Models = new Dictionary<string, StoredTimes> { ["fp32"] = new() { MedianMs = 20 }, ["int8_cpu"] = new() { MedianMs = 10 } },
    };

    private static readonly StoredEngines Engines = new()
    {
        Version = 1,
        Engines = new Dictionary<string, StoredEngine>
        {
            ["fp32"] = new() { Bytes = 2000 },
            ["fp16"] = new() { Bytes = 1000 },
            ["int8"] = new() { Bytes = 600, Int8TimeShare = 0.8 },
            ["int8_cpu"] = new() { Bytes = 500 },
        },
    };

    [Fact]
    public void Each_gate_says_its_numbers() =>
        Assert.Equal(
            [
                ("latency_ms_max", "median latency of int8_cpu 10.00 ms, at most 11.00"),
                ("speedup_min", "speed-up of int8_cpu over fp32 2.00 ×, at least 1.50"),
                ("int8_time_share_min", "INT8 share of layer time 80.00 %, at least 70.00"),
                ("model_size_ratio_max", "size of int8_cpu over fp32 0.25 ×, at most 0.70"),
            ],
            Check(new() { Latency = Latency, Engines = Engines }).Select(check => (check.Name, check.Detail)));

    [Fact]
    public void Sizes_are_those_of_int8_and_fp16_when_no_latency_was_measured() => Assert.Equal("size of int8 over fp16 0.60 ×, at most 0.70", Check(new() { Engines = Engines })[3].Detail);

    [Fact]
    public void What_was_not_measured_says_what_to_run()
    {
        Assert.Equal(
            [
                "latency.json was not found; run the evaluate stage",
                "latency.json was not found; run the evaluate stage",
                "engine.json has no INT8 time share for 'int8'; it comes from the layer profile of a TensorRT engine",
                "engine.json has no sizes of 'int8' and 'fp16'; run the engine stage",
            ],
            Check(new()).Select(check => check.Detail));
        Assert.All(Check(new()), check => Assert.Equal((GateVerdict.Missing, null), (check.Verdict, check.Value)));
    }

    [Theory]
    [InlineData("fp32", "median latency of int8_cpu 10.00 ms, at most 11.00")]
    [InlineData("int8_cpu", "latency.json holds fp32, not both 'fp32' and 'int8_cpu'")]
    public void A_speed_up_needs_both_latencies(string without, string latency)
    {
        var checks = Check(new() { Latency = Latency with { Models = Latency.Models.Where(model => model.Key != without).ToDictionary() }, Engines = Engines });

        Assert.Equal(latency, checks[0].Detail);
        Assert.Equal(GateVerdict.Missing, checks[1].Verdict);
        Assert.EndsWith(", not both 'fp32' and 'int8_cpu'", checks[1].Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fp32")]
    [InlineData("int8_cpu")]
    public void A_ratio_of_sizes_needs_both(string without) =>
        Assert.Equal("engine.json has no sizes of 'int8_cpu' and 'fp32'; run the engine stage", Check(new() { Latency = Latency, Engines = Engines with { Engines = Engines.Engines.Where(engine => engine.Key != without).ToDictionary() } })[3].Detail);

    [Fact]
    public void A_stored_speed_up_counts_more_than_the_ratio_of_the_medians()
    {
        var check = Check(new() { Latency = Latency with { Speedup = new(1.8, 1.4, 2.2) } })[1];

        Assert.Equal((1.8, 1.4, 2.2, GateVerdict.Inconclusive), (check.Value, check.Low, check.High, check.Verdict));
    }

    [Fact]
    public void The_ratio_of_two_medians_has_an_interval_only_when_both_have_one_above_0()
    {
        var measured = new StoredTimes { MedianMs = 10, MedianInterval = new(10, 8, 12.5) };
        (double?, double?) Interval(StoredTimes before, StoredTimes after)
        {
            var check = Check(new() { Latency = Latency with { Models = new Dictionary<string, StoredTimes> { ["fp32"] = before, ["int8_cpu"] = after } } })[1];
            Assert.Equal(before.MedianMs / after.MedianMs, check.Value);
            return (check.Low, check.High);
        }

        Assert.Equal((15 / 12.5, 25 / 8.0), Interval(new() { MedianMs = 20, MedianInterval = new(20, 15, 25) }, measured));
        Assert.Equal((null, null), Interval(new() { MedianMs = 20 }, measured));
        Assert.Equal((null, null), Interval(measured, new() { MedianMs = 5 }));
        Assert.Equal((null, null), Interval(measured, new() { MedianMs = 5, MedianInterval = new(5, 0, 9) }));
    }

    [Fact]
    public void The_interval_of_a_median_is_the_stored_one_else_that_of_its_spread()
    {
        var times = new StoredTimes { MedianMs = 10, MeanMs = 20, Cv = 0.1, Samples = 4 };
        var half = 1.96 * 1.2533 * 0.1 * 20 / 2;

        Assert.Equal(new(10, 10 - half, 10 + half), times.Interval());
        Assert.Equal(new(10, 10 - (half / 2), 10 + (half / 2)), (times with { MeanMs = null }).Interval());
        Assert.Equal(new(10, 9, 11), (times with { MedianInterval = new(10, 9, 11) }).Interval());
        Assert.Equal(new(10, 10 - half, 10 + half), (times with { MedianInterval = new(10, 9, null) }).Interval());
        Assert.Equal(new(10, 10 - half, 10 + half), (times with { MedianInterval = new(10, null, 11) }).Interval());
        Assert.Null((times with { Samples = 1 }).Interval());
        Assert.Null((times with { Samples = null }).Interval());
        Assert.Null((times with { Cv = null }).Interval());
        Assert.NotNull((times with { Samples = 2 }).Interval());
    }

    [Theory]
    [InlineData(true, false, 1)]
    [InlineData(true, true, 2)]
    [InlineData(false, true, 0)]
    public void The_engines_own_comparison_is_judged_when_there_is_one(bool wanted, bool engine, int count)
    {
        var comparison = new StoredComparison { Version = 1, Pass = true, Frames = 8, Outputs = [new() { Name = "reg", Value = 0.1, Tolerance = 0.2 }] };

        var checks = GateEvaluator.Check(new() { Comparison = wanted }, new() { Comparison = comparison, EngineComparison = engine ? comparison with { Candidate = "int8_trt" } : null }).Checks;

        Assert.Equal(count, checks.Count);
        Assert.All(checks, check => Assert.Equal((GateVerdict.Pass, 0.5, 1.0), (check.Verdict, check.Value, check.Limit)));
    }

    [Fact]
    public void A_comparison_of_another_model_is_none()
    {
        var comparison = new StoredComparison { Version = 1, Pass = true, Frames = 8, Candidate = "int8_cpu", Outputs = [new() { Name = "reg", Value = 0.1, Tolerance = 0.2 }] };

        var checks = GateEvaluator.Check(new() { Comparison = true }, new() { Comparison = comparison, EngineComparison = comparison }).Checks;

        Assert.Equal(["compare.json compares 'int8_cpu', which does not stand in for 'int8'", "engine/compare.json compares 'int8_cpu', which does not stand in for 'int8_trt'"], checks.Select(check => check.Detail));
    }

    private static IReadOnlyList<GateCheck> Check(GateInputs inputs) =>
        GateEvaluator.Check(new() { LatencyMsMax = 11, SpeedupMin = 1.5, Int8TimeShareMin = 0.7, ModelSizeRatioMax = 0.7 }, inputs).Checks;
}
