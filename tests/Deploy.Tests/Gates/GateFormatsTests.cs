using System.Text.Json;
using System.Xml.Linq;
using Deploy.Gates;
using Xunit;

namespace Deploy.Tests.Gates;

public sealed class GateFormatsTests
{
    private static readonly GateReport Report = new()
    {
        Checks =
        [
            new() { Name = "map_drop_max", Value = 0.002, Limit = 0.01, Verdict = GateVerdict.Pass, Low = 0.001, High = 0.003, Detail = "fine" },
            new() { Name = "latency_ms_max", Value = 12, Limit = 10, Verdict = GateVerdict.Fail, Detail = "12 ms <b> | 50 %\nnext" },
            new() { Name = "speedup_min", Value = 1.5, Limit = 1.4, Verdict = GateVerdict.Inconclusive, Detail = "noise" },
            new() { Name = "comparison", Value = null, Limit = 1, Verdict = GateVerdict.Missing, Detail = "no file" },
        ],
    };

    [Fact]
    public void Gate_json_has_the_names_of_the_contract()
    {
        var root = JsonDocument.Parse(GateFormats.Json(Report)).RootElement;
        Assert.Equal(["version", "pass", "checks"], root.EnumerateObject().Select(member => member.Name));
        Assert.False(root.GetProperty("pass").GetBoolean());
        var checks = root.GetProperty("checks");
        Assert.Equal(["pass", "fail", "inconclusive", "missing"], checks.EnumerateArray().Select(check => check.GetProperty("verdict").GetString()));
        Assert.Equal(["name", "value", "limit", "verdict", "low", "high", "detail"], checks[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal(JsonValueKind.Null, checks[3].GetProperty("value").ValueKind);
    }

    [Fact]
    public void The_markdown_table_has_one_row_per_gate()
    {
        var lines = GateFormats.Markdown(Report).TrimEnd().Split('\n');
        Assert.Equal("**Release gates: no release**", lines[0]);
        Assert.Equal("| map_drop_max | pass | fine |", lines[4]);
        Assert.Equal("| latency_ms_max | **fail** | 12 ms <b> \\| 50 % next |", lines[5]);
        Assert.Equal(8, lines.Length);
    }

    [Fact]
    public void JUnit_counts_failures_and_errors()
    {
        var suite = XDocument.Parse(GateFormats.JUnit(Report)).Root!.Element("testsuite")!;
        Assert.Equal(("4", "2", "1"), (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value, suite.Attribute("errors")!.Value));
        var cases = suite.Elements("testcase").ToArray();
        Assert.Equal(Report.Checks.Select(check => ("gates", check.Name)), cases.Select(item => (item.Attribute("classname")!.Value, item.Attribute("name")!.Value)));
        Assert.Equal("gates", suite.Attribute("name")!.Value);
        Assert.Equal("fine", cases[0].Element("system-out")!.Value);
        Assert.StartsWith("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<", GateFormats.JUnit(Report), StringComparison.Ordinal);
        Assert.Null(cases[0].Element("failure"));
        Assert.Equal("fail", cases[1].Element("failure")!.Attribute("type")!.Value);
        Assert.Contains("<b>", cases[1].Element("failure")!.Attribute("message")!.Value, StringComparison.Ordinal);
        Assert.Equal("inconclusive", cases[2].Element("failure")!.Attribute("type")!.Value);
        Assert.Equal("missing", cases[3].Element("error")!.Attribute("type")!.Value);
    }

    [Fact]
    public void Annotations_are_escaped_single_lines()
    {
        Assert.Equal(
            ["::error title=QNT0701::gate latency_ms_max: 12 ms <b> | 50 %25%0Anext", "::error title=QNT0702::gate speedup_min: noise", "::error title=QNT0703::gate comparison: no file"],
            GateFormats.Annotations(Report, AnnotationStyle.GitHub));
        Assert.Equal("##vso[task.logissue type=error;code=QNT0701;]gate latency_ms_max: 12 ms <b> | 50 % next", GateFormats.Annotations(Report, AnnotationStyle.Azure)[0]);
    }

    [Fact]
    public void A_release_without_limits_is_a_warning_in_every_style()
    {
        var report = new GateReport { Checks = [] };

        Assert.StartsWith("::warning title=QNT0706::no gate has a limit", Assert.Single(GateFormats.Annotations(report, AnnotationStyle.GitHub)), StringComparison.Ordinal);
        Assert.StartsWith("##vso[task.logissue type=warning;code=QNT0706;]no gate has a limit", Assert.Single(GateFormats.Annotations(report, AnnotationStyle.Azure)), StringComparison.Ordinal);
        Assert.StartsWith("**Release gates: pass**\n\n| gate | verdict | measured |\n|---|---|---|\n", GateFormats.Markdown(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Gate_json_is_indented_text_that_people_can_read()
    {
        var text = GateFormats.Json(new GateReport { Checks = [Report.Checks[0] with { Detail = "2.00 × <b>" }] });

        Assert.StartsWith("{\n  \"version\": 1,\n  \"pass\": true,\n", text, StringComparison.Ordinal);
        Assert.Contains("\"2.00 × <b>\"", text, StringComparison.Ordinal);
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Carriage_returns_and_bars_break_no_format()
    {
        var report = new GateReport { Checks = [Report.Checks[1] with { Detail = "a|b\r\nc" }] };

        Assert.Contains("| **fail** | a\\|b c |", GateFormats.Markdown(report), StringComparison.Ordinal);
        Assert.Equal("::error title=QNT0701::gate latency_ms_max: a|b%0D%0Ac", GateFormats.Annotations(report, AnnotationStyle.GitHub)[0]);
    }
}
