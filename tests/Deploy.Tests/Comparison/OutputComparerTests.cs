using System.Text.Json;
using Deploy.Comparison;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Xunit;

namespace Deploy.Tests.Comparison;

public sealed class OutputComparerTests
{
    private static readonly float High = Logit(0.9);
    private static readonly float Low = Logit(0.01);

    [Fact]
    public void Only_cells_that_either_heatmap_passes_are_scored()
    {
        // Cells 0 (reference) and 1 (candidate) pass, cells 2 and 3 do not and differ by 100.
        var report = Compare(
            new ComparisonOptions { Statistic = "max" },
            Outputs(("heatmap", 1, [High, Low, Low, Low]), ("reg", 2, [1, 2, 3, 4, 5, 6, 7, 8])),
            Outputs(("heatmap", 1, [Low, High, Low, Low]), ("reg", 2, [1.1f, 2, 103, 4, 5, 6.3f, 7, 108])));
        var reg = report.Outputs[1];
        Assert.Equal(4, reg.Scored);
        Assert.Equal(0.3, reg.MaxAbs!.Value, 1e-6);
        Assert.Equal(0.1, reg.MeanAbs!.Value, 1e-6);
        Assert.Equal(100, reg.RawMaxAbs);
        Assert.Equal(new WorstCell("f", 1, 0, 1, 6, 6.3f, reg.MaxAbs.Value), reg.Worst);
        Assert.False(report.Fallback);
        Assert.Equal(0.89, report.Outputs[0].MaxAbs!.Value, 1e-6);
    }

    [Fact]
    public void A_score_at_the_threshold_does_not_pass()
    {
        var at = new ComparisonOptions { ScoreThreshold = 0.5 };
        Assert.True(Compare(at, Outputs(("heatmap", 1, [0]), ("reg", 1, [1])), Outputs(("heatmap", 1, [0]), ("reg", 1, [1]))).Fallback);
        Assert.False(Compare(at, Outputs(("heatmap", 1, [0]), ("reg", 1, [1])), Outputs(("heatmap", 1, [1e-6f]), ("reg", 1, [1]))).Fallback);
    }

    [Fact]
    public void Without_passing_cells_the_references_100_best_cells_of_each_frame_are_scored()
    {
        // 200 cells; the reference's best are the last hundred.
        var heatmap = Enumerable.Range(0, 200).Select(i => -9 + (0.001f * i)).ToArray();
        var reference = Outputs(("heatmap", 1, heatmap), ("height", 1, new float[200]));
        var candidate = Outputs(("heatmap", 1, [.. heatmap.Reverse()]), ("height", 1, [.. Enumerable.Range(0, 200).Select(i => i < 100 ? 7f : 0.05f)]));
        var comparer = new OutputComparer(new ComparisonOptions());
        comparer.Add("a", reference, candidate);
        comparer.Add("b", reference, candidate);
        var report = comparer.Finish();
        Assert.True(report.Fallback);
        Assert.Equal(200, report.Outputs[1].Scored);
        Assert.Equal(0.05, report.Outputs[1].MaxAbs!.Value, 1e-6);
        Assert.True(report.Pass);
    }

    [Fact]
    public void One_passing_cell_in_any_frame_ends_the_fallback_and_other_frames_then_have_no_value()
    {
        var empty = Outputs(("heatmap", 1, [Low]), ("reg", 1, [5]));
        var comparer = new OutputComparer(new ComparisonOptions());
        comparer.Add("empty", empty, Outputs(("heatmap", 1, [Low]), ("reg", 1, [9])));
        comparer.Add("full", Outputs(("heatmap", 1, [High]), ("reg", 1, [5])), Outputs(("heatmap", 1, [High]), ("reg", 1, [5.05f])));
        var report = comparer.Finish();
        Assert.False(report.Fallback);
        Assert.Equal([null, 0.05], report.Outputs[1].PerFrame.Select(frame => frame.Value is { } value ? (double?)Math.Round(value, 5) : null));
        Assert.True(report.Pass);
        Assert.Equal(4, report.Outputs[1].RawMaxAbs);
    }

    [Fact]
    public void Tasks_have_their_own_cells_tolerances_and_fallback()
    {
        var reference = Outputs(("heatmap_0", 1, [High, Low]), ("rot_0", 1, [0, 0]), ("heatmap_1", 1, [Low, Low]), ("rot_1", 1, [0, 0]));
        var candidate = Outputs(("heatmap_0", 1, [High, Low]), ("rot_0", 1, [0.15f, 9]), ("heatmap_1", 1, [Low, Low]), ("rot_1", 1, [0.25f, 0]));
        var options = new ComparisonOptions { Statistic = "max", Tolerances = new Dictionary<string, double> { ["rot"] = 0.2, ["rot_1"] = 0.3 } };
        var report = Compare(options, reference, candidate);
        Assert.Equal([0.1, 0.2, 0.1, 0.3], report.Outputs.Select(output => output.Tolerance));
        Assert.Equal(0.15, report.Outputs[1].Value!.Value, 1e-6);
        Assert.Equal(0.25, report.Outputs[3].Value!.Value, 1e-6);
        Assert.True(report.Fallback);
        Assert.True(report.Pass);
        Assert.Equal("rot_1", report.WorstOutput);
    }

    [Fact]
    public void Velocity_is_relative_to_the_references_speed_but_at_least_to_1()
    {
        var report = Compare(
            new ComparisonOptions { Statistic = "max" },
            Outputs(("heatmap", 1, [High, High]), ("vel", 2, [3, 0.1f, 4, 0])),
            Outputs(("heatmap", 1, [High, High]), ("vel", 2, [3.5f, 0.1f, 4, 0.05f])));
        Assert.Equal(0.1, report.Outputs[1].MaxAbs!.Value, 1e-6);
        Assert.Equal((0.1 + 0.05) / 4, report.Outputs[1].MeanAbs!.Value, 1e-6);
        Assert.Equal(0.5, report.Outputs[1].RawMaxAbs, 1e-6);
    }

    [Fact]
    public void The_raw_space_compares_logits_everywhere()
    {
        var report = Compare(
            new ComparisonOptions { Space = "raw", Statistic = "mean" }, Outputs(("heatmap", 1, [-9, 2])), Outputs(("heatmap", 1, [-5, 2])));
        Assert.Equal(2, report.Outputs[0].Value);
        Assert.False(report.Pass);
        Assert.False(report.Fallback);
    }

    [Theory]
    [InlineData("mean", 50.5)]
    [InlineData("p99", 99.01)]
    [InlineData("p99_9", 99.901)]
    [InlineData("max", 100)]
    public void Each_statistic_is_what_it_says(string statistic, double expected)
    {
        var values = Enumerable.Range(1, 100).Select(i => (float)i).ToArray();
        var report = Compare(new ComparisonOptions { Space = "raw", Statistic = statistic, Tolerance = 200 }, Outputs(("x", 1, new float[100])), Outputs(("x", 1, values)));
        Assert.Equal(expected, report.Outputs[0].Value!.Value, 1e-4);
        Assert.Equal(expected, report.Outputs[0].PerFrame[0].Value!.Value, 1e-4);
    }

    [Fact]
    public void Cosine_and_SQNR_are_of_all_raw_values()
    {
        var output = Compare(new ComparisonOptions { Space = "raw" }, Outputs(("x", 1, [3, 4])), Outputs(("x", 1, [4, 3]))).Outputs[0];
        Assert.Equal(24 / 25.0, output.Cosine!.Value, 1e-12);
        Assert.Equal(10 * Math.Log10(25 / 2.0), output.SqnrDb!.Value, 1e-12);
        output = Compare(new ComparisonOptions { Space = "raw" }, Outputs(("x", 1, [0, 0])), Outputs(("x", 1, [0, 0]))).Outputs[0];
        Assert.Null(output.Cosine);
        Assert.Null(output.SqnrDb);
        Assert.True(output.Pass);
    }

    [Fact]
    public void An_output_without_a_heatmap_is_compared_everywhere() =>
        Assert.Equal(3, Compare(new ComparisonOptions(), Outputs(("pillar_features", 3, [1, 2, 3])), Outputs(("pillar_features", 3, [1, 2, 3]))).Outputs[0].Scored);

    [Theory]
    [InlineData(float.NaN, true)]
    [InlineData(float.NaN, false)]
    [InlineData(float.PositiveInfinity, true)]
    [InlineData(float.NegativeInfinity, false)]
    public void NaN_and_infinity_never_pass(float value, bool inReference)
    {
        var good = Outputs(("heatmap", 1, [High, Low]), ("reg", 1, [1, 2]));
        var bad = Outputs(("heatmap", 1, [High, Low]), ("reg", 1, [1, value]));
        var error = Assert.Throws<QuantException>(() => Compare(new ComparisonOptions(), inReference ? bad : good, inReference ? good : bad));
        Assert.Equal(DiagnosticCodes.ComparisonNotFinite, error.Code);
        Assert.Contains($"'reg' of {(inReference ? "fp16" : "int8")}", error.Message, StringComparison.Ordinal);
        Assert.Contains("value 1 of 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_and_additional_outputs_and_other_shapes_are_reported_together()
    {
        var error = Assert.Throws<QuantException>(() => Compare(
            new ComparisonOptions(), Outputs(("heatmap", 1, [1]), ("reg", 2, [1, 2]), ("vel", 1, [1])), Outputs(("heatmap", 1, [1]), ("reg", 1, [1]), ("iou", 1, [1]))));
        Assert.Equal(
            [DiagnosticCodes.ComparisonShapeMismatch, DiagnosticCodes.ComparisonOutputMissing, DiagnosticCodes.ComparisonOutputMissing],
            error.Diagnostics.Select(item => item.Code));
        Assert.Contains("[1, 1, 1, 1]", error.Message, StringComparison.Ordinal);
        Assert.Contains("expected [1, 2, 1, 1]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_frame_with_another_shape_is_refused()
    {
        var comparer = new OutputComparer(new ComparisonOptions());
        comparer.Add("a", Outputs(("x", 1, [1])), Outputs(("x", 1, [1])));
        var error = Assert.Throws<QuantException>(() => comparer.Add("b", Outputs(("x", 1, [1, 2])), Outputs(("x", 1, [1, 2]))));
        Assert.Contains("frame 'b'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_cannot_be_meant_are_refused()
    {
        void Refused(ComparisonOptions options, string text) =>
            Assert.Contains(text, Assert.Throws<QuantException>(() => Compare(options, Outputs(("heatmap", 1, [1])), Outputs(("heatmap", 1, [1])))).Message, StringComparison.Ordinal);
        Refused(new ComparisonOptions { Space = "logits" }, "'logits'");
        Refused(new ComparisonOptions { Statistic = "p95" }, "'p95'");
        Refused(new ComparisonOptions { Tolerance = double.NaN }, "NaN");
        Refused(new ComparisonOptions { Tolerances = new Dictionary<string, double> { ["heat"] = 1 } }, "'heat'");
        Assert.Equal(DiagnosticCodes.ComparisonInvalid, Assert.Throws<QuantException>(() => new OutputComparer(new ComparisonOptions()).Finish()).Code);
    }

    [Fact]
    public void Compare_json_has_the_names_of_the_contract()
    {
        var report = Compare(new ComparisonOptions { Provider = "CPUExecutionProvider" }, Outputs(("heatmap", 1, [High])), Outputs(("heatmap", 1, [High])));
        var text = ComparisonJson.Serialize(report);
        var root = JsonDocument.Parse(text).RootElement;
        foreach (var name in (string[])["version", "tolerance", "space", "statistic", "pass", "provider", "frames", "fallback", "outputs"])
        {
            Assert.True(root.TryGetProperty(name, out _), name);
        }

        var output = root.GetProperty("outputs")[0];
        foreach (var name in (string[])["name", "value", "tolerance", "max_abs", "mean_abs", "p99", "p99_9", "cosine", "sqnr_db", "raw_max_abs", "pass"])
        {
            Assert.True(output.TryGetProperty(name, out _), name);
        }

        Assert.Equal(JsonValueKind.Null, output.GetProperty("sqnr_db").ValueKind);
    }

    private static ComparisonReport Compare(ComparisonOptions options, Dictionary<string, HostTensor> reference, Dictionary<string, HostTensor> candidate)
    {
        var comparer = new OutputComparer(options);
        comparer.Add("f", reference, candidate);
        return comparer.Finish();
    }

    private static Dictionary<string, HostTensor> Outputs(params (string Name, int Channels, float[] Values)[] outputs) =>
        outputs.ToDictionary(output => output.Name, output => new HostTensor(output.Values, [1, output.Channels, 1, output.Values.Length / output.Channels]));

    private static float Logit(double score) => (float)Math.Log(score / (1 - score));
}
