using Deploy.Gates;
using Quant.Core.Diagnostics;
using Xunit;

namespace Deploy.Tests.Gates;

public sealed class GateEvaluatorTests : IDisposable
{
    private static readonly GateOptions All = new()
    {
        MapDropMax = 0.03,
        MapDropMaxRelative = 0.03,
        NdsDropMax = 0.01,
        ApDropMax = new Dictionary<string, double> { ["bus"] = 0.05 },
        Comparison = true,
        LatencyMsMax = 11,
        SpeedupMin = 1.5,
        Int8TimeShareMin = 0.7,
        ModelSizeRatioMax = 0.7,
    };

    private readonly StoredResults stored = new();

    public void Dispose() => stored.Dispose();

    [Fact]
    public void Stored_results_within_all_limits_pass_with_exit_code_0()
    {
        var report = Check(All, stored.WriteAll());
        Assert.Equal(
            ["map_drop_max", "map_drop_max_relative", "nds_drop_max", "ap_drop_max.bus", "comparison", "latency_ms_max", "speedup_min", "int8_time_share_min", "model_size_ratio_max"],
            report.Checks.Select(check => check.Name));
        Assert.All(report.Checks, check => Assert.Equal(GateVerdict.Pass, check.Verdict));
        Assert.Equal(
            [0.02, 0.025, 0.005, 0.04, 0.75, 10, 2, 0.8, 0.6],
            report.Checks.Select(check => Math.Round(check.Value!.Value, 12)));
        Assert.Equal(0, report.ExitCode);
        Assert.Empty(report.Diagnostics());
    }

    [Fact]
    public void Each_broken_limit_fails_with_QNT0701_and_its_numbers()
    {
        var report = Check(
            new GateOptions
            {
                MapDropMax = 0.019,
                NdsDropMax = 0.004,
                ApDropMax = new Dictionary<string, double> { ["bus"] = 0.03, ["car"] = 0.0 },
                LatencyMsMax = 9.8,
                SpeedupMin = 2.2,
                Int8TimeShareMin = 0.9,
                ModelSizeRatioMax = 0.5,
            },
            stored.WriteAll());
        Assert.Equal(
            [GateVerdict.Fail, GateVerdict.Fail, GateVerdict.Fail, GateVerdict.Pass, GateVerdict.Fail, GateVerdict.Fail, GateVerdict.Fail, GateVerdict.Fail],
            report.Checks.Select(check => check.Verdict));
        Assert.Equal(1, report.ExitCode);
        Assert.All(report.Diagnostics(), item => Assert.Equal(DiagnosticCodes.GateFailed, item.Code));
        Assert.Contains("mAP drop (fp32 to int8) 2.00 points, at most 1.90", report.Diagnostics()[0].Message, StringComparison.Ordinal);
        Assert.Contains("speed-up of int8 over fp16 2.00 × (95 % interval 1.90 to 2.10), at least 2.20", report.Diagnostics()[4].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_was_not_measured_is_missing_and_QNT0703()
    {
        var report = Check(All with { BucketDropMax = 0.02 }, stored);
        Assert.Equal(10, report.Checks.Count);
        Assert.All(report.Checks, check => Assert.Equal((GateVerdict.Missing, (double?)null), (check.Verdict, check.Value)));
        Assert.Equal(1, report.ExitCode);
        Assert.All(report.Diagnostics(), item => Assert.Equal(DiagnosticCodes.GateMissing, item.Code));
        Assert.Contains("evaluation.json was not found", report.Diagnostics()[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "0.00")]
    [InlineData("0.0099", "0.99")]
    public void A_reference_that_finds_next_to_nothing_is_no_pass(string map, string told)
    {
        stored.Write("evaluation.json", StoredResults.Evaluation.Replace("\"mAP\":0.80", $"\"mAP\":{map}", StringComparison.Ordinal).Replace("\"mAP\":0.78", "\"mAP\":0", StringComparison.Ordinal));

        var report = Check(new GateOptions { MapDropMax = 0.03 }, stored);

        Assert.Equal((GateVerdict.Missing, 1), (report.Checks[0].Verdict, report.ExitCode));
        Assert.Contains($"the reference's mAP is {told} points (fp32 to int8): it finds next to nothing", report.Checks[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reference_of_one_point_is_measured()
    {
        stored.Write("evaluation.json", StoredResults.Evaluation.Replace("\"mAP\":0.80", "\"mAP\":0.01", StringComparison.Ordinal).Replace("\"mAP\":0.78", "\"mAP\":0", StringComparison.Ordinal));

        Assert.Equal(GateVerdict.Pass, Check(new GateOptions { MapDropMax = 0.03 }, stored).Checks[0].Verdict);
    }

    [Fact]
    public void Int8_cpu_never_stands_in_for_int8()
    {
        stored.WriteAll()
            .Write("evaluation.json", StoredResults.Evaluation.Replace("\"int8\"", "\"int8_cpu\"", StringComparison.Ordinal))
            .Write("compare.json", StoredResults.Comparison.Replace("\"pass\":true,\"provider\"", "\"candidate\":\"int8_cpu\",\"pass\":true,\"provider\"", StringComparison.Ordinal));
        var report = Check(new GateOptions { MapDropMax = 0.5, Comparison = true }, stored);
        Assert.Equal([GateVerdict.Missing, GateVerdict.Missing], report.Checks.Select(check => check.Verdict));
        Assert.Contains("fp32, fp16, int8_cpu", report.Checks[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Fp16_is_the_reference_when_fp32_was_not_evaluated()
    {
        var report = Check(new GateOptions { MapDropMax = 0.03 }, stored.Write("evaluation.json", StoredResults.Evaluation.Replace("\"fp32\"", "\"other\"", StringComparison.Ordinal)));
        Assert.Equal(0.01, report.Checks[0].Value!.Value, 1e-12);
    }

    [Fact]
    public void A_stored_interval_that_straddles_the_limit_is_inconclusive_with_QNT0702()
    {
        const string Drops = """
            "drops":[{"reference":"fp32","candidate":"int8","mAP":{"value":0.02,"low":-0.005,"high":0.045},"NDS":{"value":0.005,"low":0.001,"high":0.009},"per_class":{"bus":{"value":0.04,"low":0.03,"high":0.06}}}],"models":
            """;
        var report = Check(All, stored.WriteAll().Write("evaluation.json", StoredResults.Evaluation.Replace("\"models\":", Drops, StringComparison.Ordinal)));
        Assert.Equal((GateVerdict.Inconclusive, -0.005, 0.045), (report.Checks[0].Verdict, report.Checks[0].Low, report.Checks[0].High));
        Assert.Equal(GateVerdict.Pass, report.Checks[2].Verdict);
        Assert.Equal(GateVerdict.Inconclusive, report.Checks[3].Verdict);
        Assert.Equal(["QNT0702", "QNT0702"], report.Diagnostics().Select(item => item.Code));
        Assert.Contains("2.00 points (95 % interval -0.50 to 4.50), at most 3.00; the noise is larger than the margin", report.Diagnostics()[0].Message, StringComparison.Ordinal);
        Assert.Equal(1, report.ExitCode);
    }

    [Fact]
    public void A_stored_drop_that_contradicts_the_models_is_not_trusted()
    {
        const string Drops = """
            "drops":[{"reference":"fp32","candidate":"int8","mAP":{"value":0.001,"low":0,"high":0.002}}],"models":
            """;
        stored.Write("evaluation.json", StoredResults.Evaluation.Replace("\"models\":", Drops, StringComparison.Ordinal));
        Assert.Equal(DiagnosticCodes.GateInputMalformed, Assert.Throws<QuantException>(() => Check(new GateOptions { MapDropMax = 0.03 }, stored)).Code);
    }

    [Fact]
    public void Latency_noise_comes_from_the_interval_or_from_the_summary_of_a_tool()
    {
        // 10 ms with cv 0.05 of 100 runs: ± 1.96 · 1.2533 · 0.5 / 10 = ± 0.123 ms.
        var summary = StoredResults.Latency.Replace(",\"median_interval_ms\":{\"value\":10,\"low\":9.9,\"high\":10.2}", string.Empty, StringComparison.Ordinal);
        Assert.NotEqual(StoredResults.Latency, summary);
        GateVerdict Of(double limit) => Check(new GateOptions { LatencyMsMax = limit }, stored).Checks[0].Verdict;
        stored.Write("latency.json", summary);
        Assert.Equal([GateVerdict.Pass, GateVerdict.Inconclusive, GateVerdict.Inconclusive, GateVerdict.Fail], [Of(10.13), Of(10.12), Of(9.88), Of(9.87)]);
        stored.Write("latency.json", StoredResults.Latency);
        Assert.Equal([GateVerdict.Pass, GateVerdict.Inconclusive, GateVerdict.Fail], [Of(10.2), Of(10.19), Of(9.89)]);
    }

    [Fact]
    public void Separate_measurements_give_the_widest_ratio_their_intervals_allow()
    {
        var separate = StoredResults.Latency.Replace(",\n \"speedup\":{\"value\":2,\"low\":1.9,\"high\":2.1}", string.Empty, StringComparison.Ordinal);
        Assert.NotEqual(StoredResults.Latency, separate);
        var check = Check(new GateOptions { SpeedupMin = 1.95 }, stored.Write("latency.json", separate)).Checks[0];
        Assert.Equal(2, check.Value);
        Assert.Equal((20 - 0.245647) / 10.2, check.Low!.Value, 1e-5);
        Assert.Equal(GateVerdict.Inconclusive, check.Verdict);
    }

    [Fact]
    public void A_failed_comparison_fails_with_the_output_that_is_farthest_over()
    {
        var failed = StoredResults.Comparison.Replace("\"value\":0.15", "\"value\":0.25", StringComparison.Ordinal).Replace("\"pass\":true,\"provider\"", "\"pass\":false,\"provider\"", StringComparison.Ordinal);
        var check = Check(new GateOptions { Comparison = true }, stored.Write("compare.json", failed)).Checks[0];
        Assert.Equal(GateVerdict.Fail, check.Verdict);
        Assert.Equal(1.25, check.Value!.Value, 1e-12);
        Assert.Contains("1 of 2 outputs", check.Detail, StringComparison.Ordinal);
        Assert.Contains("rot", check.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Buckets_are_judged_one_by_one_and_empty_ranges_are_left_out()
    {
        const string Text = """
            {"version":1,"metric":"t4_v2","frames":9,"models":{
             "fp32":{"mAP":0.7,"per_class":{},"buckets":[{"min":0,"max":50,"mAP":0.8},{"min":50,"max":90,"mAP":0.6},{"min":90,"max":121,"mAP":null}]},
             "int8":{"mAP":0.7,"per_class":{},"buckets":[{"min":0,"max":50,"mAP":0.8},{"min":50,"max":90,"mAP":0.5},{"min":90,"max":121,"mAP":null}]}}}
            """;
        var report = Check(new GateOptions { BucketDropMax = 0.02, NdsDropMax = 0.01 }, stored.Write("evaluation.json", Text));
        Assert.Equal(
            [("nds_drop_max", GateVerdict.Missing), ("bucket_drop_max.0-50", GateVerdict.Pass), ("bucket_drop_max.50-90", GateVerdict.Fail)],
            report.Checks.Select(check => (check.Name, check.Verdict)));
        Assert.Contains("gates.nds_drop_max: null", report.Checks[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bucket_limit_without_buckets_is_missing()
    {
        var report = Check(new GateOptions { BucketDropMax = 0.02 }, stored.WriteAll());
        Assert.Equal(GateVerdict.Missing, Assert.Single(report.Checks).Verdict);
    }

    [Fact]
    public void A_class_that_was_not_evaluated_is_missing_and_named()
    {
        var check = Assert.Single(Check(new GateOptions { ApDropMax = new Dictionary<string, double> { ["tram"] = 0.1 } }, stored.WriteAll()).Checks);
        Assert.Equal(GateVerdict.Missing, check.Verdict);
        Assert.Contains("'tram'", check.Detail, StringComparison.Ordinal);
        Assert.Contains("car, bus", check.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_earlier_release_is_held_to_the_same_limits()
    {
        using var earlier = new StoredResults().Write("evaluation.json", StoredResults.Evaluation.Replace("\"mAP\":0.78", "\"mAP\":0.82", StringComparison.Ordinal));
        stored.WriteAll();
        var report = GateEvaluator.Check(new GateOptions { MapDropMax = 0.03 }, GateInputs.Load(stored.Folder, earlier.Folder));
        Assert.Equal([("map_drop_max", GateVerdict.Pass), ("baseline.map_drop_max", GateVerdict.Fail)], report.Checks.Select(check => (check.Name, check.Verdict)));
        Assert.Equal(0.04, report.Checks[1].Value!.Value, 1e-12);
    }

    [Fact]
    public void A_release_measured_on_other_frames_cannot_be_compared()
    {
        using var earlier = new StoredResults().Write("evaluation.json", StoredResults.Evaluation.Replace("\"frames\":64", "\"frames\":32", StringComparison.Ordinal));
        stored.WriteAll();
        var check = GateEvaluator.Check(new GateOptions { MapDropMax = 0.03 }, GateInputs.Load(stored.Folder, earlier.Folder)).Checks[1];
        Assert.Equal(GateVerdict.Missing, check.Verdict);
        Assert.Contains("32 frames", check.Detail, StringComparison.Ordinal);
        Assert.Throws<QuantException>(() => GateInputs.Load(stored.Folder, Path.Combine(stored.Folder, "none")));
    }

    [Fact]
    public void Thresholds_that_cannot_be_meant_are_reported_at_once()
    {
        var error = Assert.Throws<QuantException>(() => Check(
            new GateOptions { MapDropMax = 1, NdsDropMax = double.NaN, SpeedupMin = 0, LatencyMsMax = -1, Int8TimeShareMin = 80, ModelSizeRatioMax = double.PositiveInfinity }, stored));
        Assert.Equal(6, error.Diagnostics.Count);
        Assert.All(error.Diagnostics, item => Assert.Equal(DiagnosticCodes.GateOptionsInvalid, item.Code));
        Assert.Contains("gates.map_drop_max is 1; accuracy is a fraction", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_any_limit_the_user_is_warned()
    {
        var report = Check(new GateOptions(), stored);
        Assert.Equal(Severity.Warning, Assert.Single(report.Diagnostics()).Severity);
    }

    private static GateReport Check(GateOptions options, StoredResults results) => GateEvaluator.Check(options, GateInputs.Load(results.Folder));
}
