using Deploy.Gates;
using Quant.Core.Diagnostics;
using Xunit;

namespace Deploy.Tests.Gates;

/// <summary>Stored results that a person or another tool has changed: what is accepted, and what is refused with its file.</summary>
public sealed class HandEditedResultTests : IDisposable
{
    private readonly StoredResults stored = new();

    public void Dispose() => stored.Dispose();

    [Theory]
    [InlineData("\"mAP\":0,\"NDS\":1")]
    [InlineData("\"mAP\":null,\"NDS\":null")]
    [InlineData("\"mAP\":0.5,\"per_class\":null,\"buckets\":null")]
    [InlineData("\"mAP\":0.5,\"per_class\":{\"car\":null,\"bus\":{\"AP\":null}}")]
    public void A_model_without_some_numbers_is_read(string model) => Assert.Null(Problem("evaluation.json", Evaluation(model)));

    [Theory]
    [InlineData("\"mAP\":1.1", "mAP of 'int8' is 1.1; accuracy is stored as a fraction between 0 and 1")]
    [InlineData("\"mAP\":-0.1", "mAP of 'int8' is -0.1")]
    [InlineData("\"mAP\":0.5,\"NDS\":59.5", "NDS of 'int8' is 59.5")]
    [InlineData("\"mAP\":0.5,\"per_class\":{\"bus\":{\"AP\":66}}", "AP of bus of 'int8' is 66")]
    [InlineData("\"mAP\":0.5,\"buckets\":[{\"min\":0,\"max\":50,\"mAP\":80}]", "mAP of 0–50 m of 'int8' is 80")]
    public void An_accuracy_in_percent_is_refused_with_its_name(string model, string message) => Refused("evaluation.json", Evaluation(model), message);

    [Fact]
    public void Every_wrong_number_of_a_file_is_told()
    {
        stored.Write("evaluation.json", Evaluation("\"mAP\":50,\"NDS\":60"));

        Assert.Equal(2, Assert.Throws<QuantException>(() => GateInputs.Load(stored.Folder)).Diagnostics.Count);
    }

    [Theory]
    [InlineData("\"mAP\":{\"value\":0.02,\"low\":0.03,\"high\":0.01}")]
    [InlineData("\"mAP_relative\":{\"value\":0.02,\"low\":0.03,\"high\":0.01}")]
    [InlineData("\"NDS\":{\"value\":0.02,\"low\":0.03,\"high\":0.01}")]
    [InlineData("\"per_class\":{\"bus\":{\"value\":0.02,\"low\":0.03,\"high\":0.01}}")]
    [InlineData("\"buckets\":[{\"min\":0,\"max\":50,\"mAP\":{\"value\":0.02,\"low\":0.03,\"high\":0.01}}]")]
    [InlineData("\"buckets\":[null]")]
    public void A_drop_with_swapped_ends_is_refused(string member) =>
        Refused("evaluation.json", Drop(member), "the drop from 'fp32' to 'int8' is null or has an interval whose ends are swapped");

    [Theory]
    [InlineData("\"mAP\":{\"value\":0.02,\"low\":0.02,\"high\":0.02}")]
    [InlineData("\"mAP\":{\"value\":0.02},\"mAP_relative\":null,\"NDS\":null")]
    [InlineData("\"per_class\":null,\"buckets\":null")]
    [InlineData("\"per_class\":{\"bus\":null},\"buckets\":[{\"min\":0,\"max\":50,\"mAP\":null}]")]
    public void A_drop_without_an_interval_or_of_no_width_is_read(string member) => Assert.Null(Problem("evaluation.json", Drop(member)));

    [Theory]
    [InlineData("\"frames\":8,\"outputs\":null")]
    [InlineData("\"frames\":8,\"outputs\":[null]")]
    [InlineData("\"frames\":8,\"outputs\":[{\"name\":\"reg\",\"value\":0.1,\"tolerance\":0.1},null]")]
    [InlineData("\"frames\":0,\"outputs\":[{\"name\":\"reg\",\"value\":0.1,\"tolerance\":0.1}]")]
    public void A_comparison_of_nothing_is_refused(string members) => Refused("compare.json", $$"""{"version":1,"pass":true,{{members}}}""", "'outputs' and 'frames' must not be empty");

    [Theory]
    [InlineData(true, "0.1", null)]
    [InlineData(false, "0.11", null)]
    [InlineData(true, "0.11", "'pass' is true, but the outputs' values say otherwise")]
    [InlineData(false, "0.1", "'pass' is false, but the outputs' values say otherwise")]
    public void A_comparisons_verdict_must_agree_with_its_values(bool pass, string value, string? message)
    {
        var text = $$"""{"version":1,"pass":{{(pass ? "true" : "false")}},"frames":1,"outputs":[{"name":"rot","value":0,"tolerance":0.1},{"name":"reg","value":{{value}},"tolerance":0.1}]}""";

        Assert.Equal(message is null, Problem("compare.json", text) is null);
        Assert.Contains(message ?? "", Problem("compare.json", text) ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"models\":null", "'models' must not be null")]
    [InlineData("\"models\":{\"int8\":null}", "the latency of 'int8' is  ms or its interval's ends are swapped")]
    [InlineData("\"models\":{\"int8\":{\"median_ms\":-1}}", "the latency of 'int8' is -1 ms")]
    [InlineData("\"models\":{\"int8\":{\"median_ms\":10,\"median_interval_ms\":{\"low\":11,\"high\":9}}}", "the latency of 'int8' is 10 ms or its interval's ends are swapped")]
    [InlineData("\"models\":{},\"speedup\":{\"value\":0}", "'speedup' is not positive")]
    [InlineData("\"models\":{},\"speedup\":{\"value\":-2}", "'speedup' is not positive")]
    public void A_latency_that_cannot_be_is_refused(string members, string message) => Refused("latency.json", $$"""{"version":1,"baseline":"fp16","candidate":"int8",{{members}}}""", message);

    [Theory]
    [InlineData("\"baseline\":null,\"candidate\":\"int8\"")]
    [InlineData("\"baseline\":\"fp16\",\"candidate\":null")]
    public void A_latency_that_names_no_model_is_refused(string members) =>
        Refused("latency.json", "{\"version\":1," + members + ",\"models\":{\"int8\":{\"median_ms\":10}}}", "'baseline' and 'candidate' must name models");

    [Theory]
    [InlineData("{\"bytes\":0}")]
    [InlineData("{\"bytes\":-1}")]
    [InlineData("{\"int8_time_share\":-0.1}")]
    [InlineData("{\"int8_time_share\":1.1}")]
    [InlineData("null")]
    public void An_engine_without_size_or_with_a_share_outside_0_to_1_is_refused(string engine) => Refused("engine.json", Engine(engine), "engine 'int8' has ");

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"bytes\":1,\"int8_time_share\":0}")]
    [InlineData("{\"int8_time_share\":1}")]
    public void An_engine_of_any_size_and_share_is_read(string engine) => Assert.Null(Problem("engine.json", Engine(engine)));

    [Fact]
    public void Engines_must_not_be_null() => Refused("engine.json", """{"version":1,"engines":null}""", "'engines' must not be null");

    [Fact]
    public void A_wrong_member_is_shown_with_line_and_column()
    {
        stored.Write("engine.json", "{\"version\":1,\n \"engines\":{\"int8\":{\"bytes\":\"x\"}}}");

        var place = Assert.Single(Assert.Throws<QuantException>(() => GateInputs.Load(stored.Folder)).Diagnostics).Location!;

        Assert.Equal((Path.Combine(stored.Folder, "engine.json"), 2, 32), (place.File, place.Line, place.Column));
    }

    [Fact]
    public void A_file_that_another_program_holds_is_named()
    {
        stored.Write("engine.json", StoredResults.Engines);
        using var held = new FileStream(Path.Combine(stored.Folder, "engine.json"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        var problem = Assert.Single(Assert.Throws<QuantException>(() => GateInputs.Load(stored.Folder)).Diagnostics);

        Assert.Equal((DiagnosticCodes.GateInputMalformed, Path.Combine(stored.Folder, "engine.json")), (problem.Code, problem.Location!.File));
        Assert.Contains("cannot be read: ", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_earlier_release_without_an_evaluation_is_refused_with_its_folder()
    {
        using var earlier = new StoredResults();

        var error = Assert.Throws<QuantException>(() => GateInputs.Load(stored.WriteAll().Folder, earlier.Folder));

        Assert.Contains("the earlier release has no evaluation.json", error.Message, StringComparison.Ordinal);
        Assert.Equal(earlier.Folder, error.Diagnostics[0].Location!.File);
    }

    private static string Evaluation(string model) => "{\"version\":1,\"metric\":\"t4_v2\",\"frames\":1,\"models\":{\"int8\":{" + model + "}}}";

    private static string Engine(string engine) => "{\"version\":1,\"engines\":{\"int8\":" + engine + "}}";

    private static string Drop(string member) => $$"""{"version":1,"metric":"t4_v2","frames":1,"models":{},"drops":[{"reference":"fp32","candidate":"int8",{{member}}}]}""";

    private string? Problem(string name, string text)
    {
        stored.Write(name, text);
        try
        {
            GateInputs.Load(stored.Folder);
            return null;
        }
        catch (QuantException error)
        {
            Assert.Equal((DiagnosticCodes.GateInputMalformed, Path.Combine(stored.Folder, name)), (error.Code, error.Diagnostics[0].Location!.File));
            return error.Message;
        }
    }

    private void Refused(string name, string text, string message)
    {
        var problem = Problem(name, text);
        Assert.Contains(message, problem, StringComparison.Ordinal);
        Assert.Contains("run the stage that writes this file again", problem, StringComparison.Ordinal);
    }
}
