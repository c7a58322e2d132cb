using Deploy.Engines.TensorRt.Logs;

namespace Deploy.Tests.Engines.TensorRt.Logs;

/// <summary>The values of a run.</summary>
public sealed class TrtexecReadingTests
{
    [Fact]
    public void A_whole_run_gives_all_its_values()
    {
        var reading = Log.Passed(
            "[I] Precision: FP32+FP16+INT8",
            "[I] Selected Device: NVIDIA RTX A5000",
            "[I] Start parsing network model.",
            "[I] Finished parsing network model. Parse time: 0.25",
            "[W] [TRT] a weight was rounded",
            "[I] Engine built in 8.5 sec.",
            "[I] Created engine with size: 12.5 MiB",
            "[I] Engine deserialized in 0.125 sec.",
            "[W] [TRT] a weight was rounded",
            "[W] * GPU compute time is unstable, with coefficient of variance = 4.1%.",
            "[I] === Performance summary ===",
            "[I] Throughput: 500 qps",
            "[I] Latency: min = 1 ms, max = 3 ms, mean = 2 ms, median = 1.5 ms, percentile(90%) = 2.5 ms, percentile(99%) = 2.9 ms",
            "[I] GPU Compute Time: min = 0.5 ms, max = 2.5 ms, mean = 1.5 ms, median = 1.25 ms, percentile(99%) = 2.4 ms",
            "[I] Total Host Walltime: 3.01 s",
            "[I] Total GPU Compute Time: 2.99 s");

        Assert.True(reading.Passed);
        Assert.Equal(("pass", "10.3.0", null), (reading.Verdict, reading.Tensorrt, reading.Cause));
        Assert.Equal((8.5, 0.25, 0.125, 12.5), (reading.EngineSeconds, reading.ParseSeconds, reading.LoadSeconds, reading.EngineMib));
        Assert.Equal(("NVIDIA RTX A5000", "FP32+FP16+INT8", "trtexec --onnx=m.onnx"), (reading.Device, reading.Precision, reading.CommandLine));
        Assert.Equal((500, 3.01, 2.99), (reading.ThroughputQps, reading.WallSeconds, reading.ComputeSeconds));
        Assert.Equal((1, 3, 2, 1.5), (reading.LatencyMs!.Min, reading.LatencyMs.Max, reading.LatencyMs.Mean, reading.LatencyMs.Median));
        Assert.Equal([("90", 2.5), ("99", 2.9)], reading.LatencyMs.Percentiles.Select(item => (item.Key, item.Value)));
        Assert.Equal(1.25, reading.GpuComputeMs!.Median);
        Assert.Equal(["latency", "gpu_compute_time"], reading.Rows.Keys);
        Assert.Equal(["[TRT] a weight was rounded", "* GPU compute time is unstable, with coefficient of variance = 4.1%."], reading.Warnings);
        Assert.True(reading.Unstable);
        Assert.True(reading.EngineLoaded);
    }

    [Fact]
    public void A_run_that_shows_nothing_has_no_values()
    {
        var reading = Log.Passed("[I] Start parsing network model.");

        Assert.Equal((null, null, null, null), (reading.EngineSeconds, reading.ParseSeconds, reading.LoadSeconds, reading.EngineMib));
        Assert.Equal((null, null, null, null), (reading.Device, reading.Precision, reading.LatencyMs, reading.GpuComputeMs));
        Assert.Equal((null, null, null), (reading.ThroughputQps, reading.WallSeconds, reading.ComputeSeconds));
        Assert.Empty(reading.Rows);
        Assert.Empty(reading.Warnings);
        Assert.False(reading.Unstable);
        Assert.False(reading.EngineLoaded);
    }

    [Theory]
    [InlineData("[I] [TRT] Engine generation completed in 7 seconds.", "[I] Build", 7.0)]
    [InlineData("[I] Engine built in 8 sec.", "[I] [TRT] Engine generation completed in 7 seconds.", 8.0)]
    [InlineData("[I] Engine built in 8 sec.", "[I] Engine built in 9 sec.", 9.0)]
    [InlineData("[V] Engine built in 8 sec.", "[E] Engine built in 9 sec.", null)]
    public void The_time_of_the_build_is_trtexecs_own_else_TensorRTs(string first, string second, double? seconds) => Assert.Equal(seconds, Log.Passed(first, second).EngineSeconds);

    [Theory]
    [InlineData("[I] Engine loaded in 0.5 sec.", "[I] Build", 0.5)]
    [InlineData("[I] Engine deserialized in 0.25 sec.", "[I] Engine loaded in 0.5 sec.", 0.25)]
    public void The_time_of_loading_is_that_of_deserializing_else_of_reading(string first, string second, double? seconds) => Assert.Equal(seconds, Log.Passed(first, second).LoadSeconds);

    [Theory]
    [InlineData("[I] Engine deserialized in 0.25 sec.", true)]
    [InlineData("[I] Engine loaded in 0.25 sec.", true)]
    [InlineData("[I] Starting inference", true)]
    [InlineData("[I] Timing trace has 2624 queries over 3 s", true)]
    [InlineData("[I] [TRT] Loaded engine size: 23 MiB", false)]
    [InlineData("[E] Starting inference", false)]
    public void An_engine_is_loaded_when_it_was_deserialized_or_used(string line, bool loaded) => Assert.Equal(loaded, Log.Cut(line).EngineLoaded);

    [Theory]
    [InlineData("Created engine with size: 1e400 MiB")]
    [InlineData("Created engine with size: 12 GiB")]
    [InlineData("Created engine with size: -- MiB")]
    public void A_size_that_is_none_is_left_out(string text) => Assert.Null(Log.Passed($"[I] {text}").EngineMib);

    [Fact]
    public void Values_are_read_from_messages_and_not_from_warnings_or_errors()
    {
        var reading = Log.Cut("[W] Selected Device: none", "[E] Throughput: 1 qps", "[V] Precision: none", "[I] Selected Device: NVIDIA H100 PCIe", "[I] Selected Device: another");

        Assert.Equal(("NVIDIA H100 PCIe", null, null), (reading.Device, reading.ThroughputQps, reading.Precision));
    }

    [Fact]
    public void Version_7_prints_its_rows_over_several_messages()
    {
        var reading = Log.Passed(
            "[I] Host Latency",
            "[I] min: 2 ms (end to end 4 ms)",
            "[I] max: 3 ms (end to end 6 ms)",
            "[I] mean: 2.5 ms (end to end 5 ms)",
            "[I] median: 2.25 ms (end to end 4.5 ms)",
            "[I] percentile: 2.75 ms at 99% (end to end 5.5 ms at 99%)",
            "[I] throughput: 0 qps",
            "[I] walltime: 3.5 s",
            "[I] GPU Compute",
            "[I] median: 1.5 ms",
            "[I] total compute time: 2.5 s");

        var row = reading.Rows["end_to_end_host_latency"];
        Assert.Equal((4, 6, 5, 4.5), (row.Min, row.Max, row.Mean, row.Median));
        Assert.Equal([("99", 5.5)], row.Percentiles.Select(item => (item.Key, item.Value)));
        Assert.Equal((2, 3, 2.5, 2.25), (reading.LatencyMs!.Min, reading.LatencyMs.Max, reading.LatencyMs.Mean, reading.LatencyMs.Median));
        Assert.Equal((1.5, null, 3.5, 2.5), (reading.GpuComputeMs!.Median, reading.ThroughputQps, reading.WallSeconds, reading.ComputeSeconds));
    }

    [Fact]
    public void A_later_summary_replaces_an_earlier_one()
    {
        const string First = "[I] Latency: min = 1 ms, max = 3 ms, mean = 2 ms, median = 1.5 ms";

        Assert.Equal((2, null), Row("[I] Latency: min = 2 ms"));
        Assert.Equal((null, 9), Row("[I] Host Latency", "[I] max: 9 ms"));

        (double? Min, double? Max) Row(params string[] second) => Log.Passed([First, .. second]).LatencyMs is { } row ? (row.Min, row.Max) : default;
    }

    [Fact]
    public void At_most_200_warnings_are_kept() =>
        Assert.Equal(200, Log.Passed([.. Enumerable.Range(0, 250).Select(index => $"[W] warning {index}")]).Warnings.Count);
}
