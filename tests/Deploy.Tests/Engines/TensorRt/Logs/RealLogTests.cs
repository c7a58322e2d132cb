using Deploy.Engines.TensorRt.Logs;
using Testing;

namespace Deploy.Tests.Engines.TensorRt.Logs;

/// <summary>Real logs of trtexec 7.x to 11.2; they are third-party texts and stay outside the repository.</summary>
public sealed class RealLogTests
{
    [Fact]
    public void Every_real_log_is_read_as_what_it_was()
    {
        var wrong = new List<string>();
        foreach (var file in Directory.GetFiles(SharedData.Require("trtexec_logs"), "*.txt"))
        {
            var name = Path.GetFileName(file);
            var reading = TrtexecLogReader.Read(File.ReadAllText(file));
            var expected = name.StartsWith("ok_", StringComparison.Ordinal) ? "pass" : "fail";
            if (reading.Verdict != expected || (expected == "fail") != (reading.Cause is not null))
            {
                wrong.Add($"{name}: {reading.Verdict} {reading.Cause}");
            }
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("fail_8.2.5_int8_initializer_not_supported.txt", "8.2.5", "int8_constant", 6, "Identity_0")]
    [InlineData("fail_8.6.1_qdq_scale_not_positive.txt", "8.6.1", "scale_not_positive", 17, "/model.9/cv2/conv/_weight_quantizer/QuantizeLinear")]
    [InlineData("fail_8.5.1_centerpoint_convtranspose_no_implementation.txt", null, "no_kernel", 1, "ConvTranspose_56 + BatchNormalization_57 + Relu_58")]
    [InlineData("fail_8.6.1_static_shape_mismatch_at_inference.txt", "8.6.1", "static_shape", 2, null)]
    [InlineData("fail_8.6.1_missing_shared_library.txt", "8.6.1", "missing_library", 1, null)]
    [InlineData("fail_10.0.1_incompatible_plan.txt", "10.0.1", "plan_version", 1, null)]
    [InlineData("fail_10.3.0_unknown_option_removed_flags.txt", "10.3.0", "removed_option", 1, null)]
    [InlineData("fail_10.13.3_no_model_given.txt", "10.13.3", "no_model", 2, null)]
    [InlineData("fail_11.2_strongly_typed_type_mismatch.txt", "11.2.1", "type_mismatch", 3, "/Sub")]
    [InlineData("falsepass_10.13.3_skipInference_exit0.txt", "10.13.3", "plan_version", 2, null)]
    public void A_failure_has_its_cause_line_and_node(string file, string? version, string cause, int line, string? node)
    {
        var reading = Read(file);

        Assert.Equal((cause, line, node), (reading.Cause!.Class, reading.Cause.Line, reading.Cause.Node));
        Assert.NotEmpty(reading.Cause.Advice);
        Assert.Equal(version, reading.Tensorrt);
    }

    [Fact]
    public void The_summary_of_version_10_is_read_whole()
    {
        var reading = Read("ok_10.3.0_resnet50_fp32.txt");

        Assert.Equal("10.3.0", reading.Tensorrt);
        Assert.Equal(873.17, reading.ThroughputQps);
        Assert.Equal((1.18591, 1.36273, 1.20476, 1.2041), (reading.LatencyMs!.Min, reading.LatencyMs.Max, reading.LatencyMs.Mean, reading.LatencyMs.Median));
        Assert.Equal(["90", "95", "99"], reading.LatencyMs.Percentiles.Keys);
        Assert.Equal(1.15405, reading.GpuComputeMs!.Percentiles["99"]);
        Assert.Equal(["latency", "enqueue_time", "h2d_latency", "gpu_compute_time", "d2h_latency"], reading.Rows.Keys);
        Assert.Equal((3.00285, 2.99571), (reading.WallSeconds, reading.ComputeSeconds));
        Assert.Equal("NVIDIA RTX A5000", reading.Device);
        Assert.False(reading.Unstable);
        Assert.True(reading.EngineLoaded);
    }

    [Fact]
    public void Version_8_2_has_an_end_to_end_row_and_one_percentile()
    {
        var reading = Read("ok_8.2.5_mobilenetv2_int8_qdq_ptq.txt");

        Assert.Equal(4.73462, reading.Rows["end_to_end_host_latency"].Median);
        Assert.Equal(["99"], reading.LatencyMs!.Percentiles.Keys);
        Assert.Equal(1.59741, reading.GpuComputeMs!.Median);
        Assert.Contains(reading.Warnings, warning => warning.Contains("host-to-device transfers", StringComparison.Ordinal));
    }

    [Fact]
    public void Version_7_prints_one_statistic_a_line_and_no_throughput()
    {
        var reading = Read("ok_7x_resnet50_build_infer.txt");

        Assert.Null(reading.Tensorrt);
        Assert.Null(reading.ThroughputQps);
        Assert.Equal((2.16614, 2.20166, 2.17729, 2.17676), (reading.LatencyMs!.Min, reading.LatencyMs.Max, reading.LatencyMs.Mean, reading.LatencyMs.Median));
        Assert.Equal(2.19336, reading.LatencyMs.Percentiles["99"]);
        Assert.Equal(4.15125, reading.Rows["end_to_end_host_latency"].Median);
        Assert.Equal((2.11353, 2.97245), (reading.GpuComputeMs!.Median, reading.ComputeSeconds));
        Assert.Equal(0.559113, reading.Rows["enqueue_time"].Median);
    }

    [Fact]
    public void Phases_and_times_of_a_build_are_found()
    {
        var reading = Read("ok_10.16.1_build_and_infer_default.txt");

        Assert.Equal(["start", "parse", "build", "built", "load", "measure", "measured", "done"], reading.Phases.Select(phase => phase.Name));
        Assert.Equal((8.09138, 0.0170852, 12.5744), (reading.EngineSeconds, reading.ParseSeconds, reading.EngineMib));
        Assert.Equal("NVIDIA H100 PCIe", reading.Device);
        Assert.Equal("FP32", reading.Precision);
        Assert.True(reading.Unstable);
        Assert.StartsWith("trtexec --onnx=", reading.CommandLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_with_the_profiler_passes_without_a_summary()
    {
        var reading = Read("ok_10.16.1_exportTimes_exportProfile.txt");

        Assert.True(reading.Passed);
        Assert.Null(reading.LatencyMs);
        Assert.Equal(0.0258638, reading.LoadSeconds);
    }

    [Fact]
    public void A_real_log_cut_anywhere_never_passes_before_its_last_line()
    {
        foreach (var file in new[] { "ok_10.3.0_resnet50_fp32.txt", "ok_8.2.5_mobilenetv2_fp32.txt", "ok_7x_resnet50_fp16_io.txt" })
        {
            var log = File.ReadAllText(SharedData.Require($"trtexec_logs/{file}"));
            var end = log.LastIndexOf("&&&& PASSED", StringComparison.Ordinal);
            for (var length = 0; length < end; length += 397)
            {
                Assert.Equal("incomplete", TrtexecLogReader.Read(log[..length]).Cause?.Class);
            }
        }
    }

    [Theory]
    [InlineData("[component_container-1] ")]
    [InlineData("trt-1  | ")]
    [InlineData("2026-07-07T02:10:45.123456Z ")]
    [InlineData("\u001b[32m")]
    public void A_prefix_or_colour_before_every_line_changes_nothing(string prefix)
    {
        foreach (var file in Directory.GetFiles(SharedData.Require("trtexec_logs"), "*.txt"))
        {
            var log = File.ReadAllText(file);
            var plain = TrtexecLogReader.Read(log);
            var changed = TrtexecLogReader.Read(string.Join("\r\n", log.Split('\n').Select(line => prefix + line)));

            Assert.Equal((plain.Verdict, plain.Cause?.Class, plain.Cause?.Line, plain.Cause?.Node), (changed.Verdict, changed.Cause?.Class, changed.Cause?.Line, changed.Cause?.Node));
            Assert.Equal((plain.ThroughputQps, plain.EngineSeconds, plain.Tensorrt), (changed.ThroughputQps, changed.EngineSeconds, changed.Tensorrt));
            if (!plain.Rows.ContainsKey("end_to_end_host_latency") || plain.Tensorrt is not null)
            {
                Assert.Equal(plain.LatencyMs?.Median, changed.LatencyMs?.Median);
            }
        }
    }

    [Fact]
    public void Logs_without_time_stamps_are_read_alike()
    {
        foreach (var file in Directory.GetFiles(SharedData.Require("trtexec_logs"), "*.txt"))
        {
            var log = File.ReadAllText(file);
            var (plain, changed) = (TrtexecLogReader.Read(log), TrtexecLogReader.Read(Stamp().Replace(log, "")));

            Assert.Equal((plain.Verdict, plain.Cause?.Class, plain.Cause?.Line, plain.LatencyMs?.Median), (changed.Verdict, changed.Cause?.Class, changed.Cause?.Line, changed.LatencyMs?.Median));
        }
    }

    private static TrtexecReading Read(string file) => TrtexecLogReader.Read(File.ReadAllText(SharedData.Require($"trtexec_logs/{file}")));

    private static System.Text.RegularExpressions.Regex Stamp() => new(@"\[\d\d/\d\d/\d{4}-\d\d:\d\d:\d\d\] ");
}
