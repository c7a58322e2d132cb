using Deploy.Engines.TensorRt;
using Testing;

namespace Deploy.Tests.Engines;

/// <summary>Real logs of trtexec 7.x to 11.2; they are third-party texts and stay outside the repository.</summary>
public sealed class TrtexecLogTests
{
    [Fact]
    public void Every_real_log_is_read_as_what_it_was()
    {
        var wrong = new List<string>();
        foreach (var file in Directory.GetFiles(SharedData.Require("trtexec_logs"), "*.txt"))
        {
            var name = Path.GetFileName(file);
            var reading = TrtexecLog.Read(File.ReadAllText(file));
            var expected = name.StartsWith("ok_", StringComparison.Ordinal) ? "pass" : "fail";
            if (reading.Verdict != expected || (expected == "fail") != (reading.Cause is not null))
            {
                wrong.Add($"{name}: {reading.Verdict} {reading.Cause}");
            }
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("fail_8.2.5_int8_initializer_not_supported.txt", "8.2.5", "int8_constant")]
    [InlineData("fail_8.6.1_qdq_scale_not_positive.txt", null, "scale_not_positive")]
    [InlineData("fail_8.5.1_centerpoint_convtranspose_no_implementation.txt", null, "no_kernel")]
    [InlineData("fail_8.6.1_static_shape_mismatch_at_inference.txt", null, "static_shape")]
    [InlineData("fail_8.6.1_missing_shared_library.txt", null, "missing_library")]
    [InlineData("fail_10.0.1_incompatible_plan.txt", null, "plan_version")]
    [InlineData("fail_10.3.0_unknown_option_removed_flags.txt", null, "removed_option")]
    [InlineData("fail_10.13.3_no_model_given.txt", "10.13.3", "no_model")]
    [InlineData("fail_11.2_strongly_typed_type_mismatch.txt", null, "type_mismatch")]
    [InlineData("falsepass_10.13.3_skipInference_exit0.txt", "10.13.3", "plan_version")]
    public void A_failure_has_its_cause_and_line(string file, string? version, string cause)
    {
        var reading = TrtexecLog.Read(File.ReadAllText(SharedData.Require($"trtexec_logs/{file}")));

        Assert.Equal(cause, reading.Cause!.Class);
        Assert.True(reading.Cause.Line > 0);
        Assert.NotEmpty(reading.Cause.Advice);
        if (version is not null)
        {
            Assert.Equal(version, reading.Tensorrt);
        }
    }

    [Fact]
    public void Times_are_read_from_old_and_new_forms()
    {
        var old = TrtexecLog.Read(File.ReadAllText(SharedData.Require("trtexec_logs/ok_8.2.5_mobilenetv2_int8_qdq_ptq.txt")));
        var recent = TrtexecLog.Read(File.ReadAllText(SharedData.Require("trtexec_logs/ok_10.16.1_build_and_infer_default.txt")));

        Assert.All([old, recent], reading =>
        {
            Assert.True(reading.ThroughputQps > 0);
            Assert.True(reading.EngineSeconds > 0);
            Assert.InRange(reading.LatencyMs!["median"], reading.LatencyMs["min"], reading.LatencyMs["max"]);
            Assert.True(reading.LatencyMs.ContainsKey("p99"));
            Assert.True(reading.GpuComputeMs!["median"] > 0);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec\n[I] Start parsing network model")]
    [InlineData("\0\u001b[31mnoise\r\n")]
    public void A_log_that_was_cut_off_is_no_success(string log)
    {
        var reading = TrtexecLog.Read(log);

        Assert.Equal("fail", reading.Verdict);
        Assert.Equal("incomplete", reading.Cause!.Class);
    }

    [Fact]
    public void Any_prefix_of_a_passing_log_is_read_without_an_exception()
    {
        var log = File.ReadAllText(SharedData.Require("trtexec_logs/ok_10.3.0_resnet50_fp32.txt"));
        for (var length = 0; length < log.Length; length += 211)
        {
            TrtexecLog.Read(log[..length]);
        }

        Assert.Equal("pass", TrtexecLog.Read(log.Replace("\n", "\r\n", StringComparison.Ordinal)).Verdict);
    }

    [Theory]
    [InlineData("[TensorRT v8601]", "8.6.1")]
    [InlineData("[TensorRT v8510]", "8.5.10")]
    [InlineData("[TensorRT v100300] [b23]", "10.3.0")]
    [InlineData("[TensorRT v101601] [b11]", "10.16.1")]
    [InlineData("[I] TensorRT version: 11.2.0", "11.2.0")]
    [InlineData("&&&& RUNNING TensorRT.trtexec # trtexec", null)]
    public void The_version_is_read_from_the_banner(string text, string? version) => Assert.Equal(version, TensorRtVersion.Find(text)?.ToString());
}
