using Deploy.Gates;
using Xunit;

namespace Deploy.Tests.Gates;

/// <summary>What is judged besides the graphs when TensorRT built the engines, and how a comparison is told.</summary>
public sealed class EngineGateTests : IDisposable
{
    private static readonly GateOptions Compared = new() { MapDropMax = 0.03, Comparison = true };

    private readonly StoredResults stored = new StoredResults().WriteAll();

    public void Dispose() => stored.Dispose();

    [Fact]
    public void An_engine_of_tensorrt_without_a_comparison_of_its_own_is_missing()
    {
        stored.Write("engine.json", StoredResults.Engines.Replace("\"version\":1,", "\"version\":1,\"backend\":\"tensorrt\",", StringComparison.Ordinal));

        var check = Check().Single(item => item.Name == "engine.comparison");

        Assert.Equal((GateVerdict.Missing, "engine/compare.json was not found; run the engine stage, and bundle frames"), (check.Verdict, check.Detail));
    }

    [Fact]
    public void The_engines_comparison_is_the_one_in_its_own_folder()
    {
        Assert.Null(GateInputs.Load(stored.Folder).EngineComparison);
        Directory.CreateDirectory(Path.Combine(stored.Folder, "engine"));
        stored.Write("engine/compare.json", StoredResults.Comparison.Replace("\"frames\":8", "\"frames\":3", StringComparison.Ordinal));

        Assert.Equal((8, 3), (GateInputs.Load(stored.Folder).Comparison!.Frames, GateInputs.Load(stored.Folder).EngineComparison!.Frames));
        Assert.Contains("over 3 frames", Check().Single(item => item.Name == "engine.comparison").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_that_was_not_made_says_which_stage_makes_it()
    {
        File.Delete(Path.Combine(stored.Folder, "compare.json"));

        Assert.Equal("compare.json was not found; run the compare stage", Check().Single(item => item.Name == "comparison").Detail);
    }

    [Fact]
    public void An_engine_that_was_evaluated_has_gates_of_its_own()
    {
        stored.Write("evaluation.json", StoredResults.Evaluation.Replace("\"int8\":", "\"int8_trt\":{\"mAP\":0.70,\"NDS\":0.5,\"per_class\":{}},\"int8\":", StringComparison.Ordinal));

        var checks = Check();

        Assert.Equal(GateVerdict.Pass, checks.Single(item => item.Name == "map_drop_max").Verdict);
        var engine = checks.Single(item => item.Name == "engine.map_drop_max");
        Assert.Equal((GateVerdict.Fail, 0.1), (engine.Verdict, Math.Round(engine.Value!.Value, 9)));
    }

    [Theory]
    [InlineData("0.3", "0", false, GateVerdict.Fail, 0.3, "1 of 2 outputs within tolerance over 8 frames; rot is nearest or farthest over with 0.3 of 0")]
    [InlineData("0", "0", true, GateVerdict.Pass, 0.05, "2 of 2 outputs within tolerance over 8 frames; heatmap is nearest or farthest over with 0.005 of 0.1")]
    [InlineData("0.2", "0.2", true, GateVerdict.Pass, 1.0, "2 of 2 outputs within tolerance over 8 frames; rot is nearest or farthest over with 0.2 of 0.2")]
    public void A_comparison_names_the_worst_output_at_the_edge_of_its_tolerance_too(string value, string tolerance, bool pass, GateVerdict verdict, double ratio, string detail)
    {
        Rot(value, tolerance, pass);

        var check = Check().Single(item => item.Name == "comparison");

        Assert.Equal((verdict, ratio, detail), (check.Verdict, Math.Round(check.Value!.Value, 9), check.Detail));
    }

    [Fact]
    public void An_output_without_a_value_is_missing_with_its_name()
    {
        Rot("null", "0.2", pass: false);

        var check = Check().Single(item => item.Name == "comparison");

        Assert.Equal((GateVerdict.Missing, "compare.json has no value for rot"), (check.Verdict, check.Detail));
    }

    private void Rot(string value, string tolerance, bool pass) => stored.Write(
        "compare.json",
        StoredResults.Comparison.Replace("\"value\":0.15,\"tolerance\":0.2", $"\"value\":{value},\"tolerance\":{tolerance}", StringComparison.Ordinal).Replace("\"pass\":true,\"provider\"", $"\"pass\":{(pass ? "true" : "false")},\"provider\"", StringComparison.Ordinal));

    private IReadOnlyList<GateCheck> Check() => GateEvaluator.Check(Compared, GateInputs.Load(stored.Folder)).Checks;
}
