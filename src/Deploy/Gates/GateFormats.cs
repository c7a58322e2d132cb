using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;

namespace Deploy.Gates;

/// <summary>gate.json, a Markdown table, JUnit XML and CI annotations of the same report.</summary>
public static class GateFormats
{
    private static readonly GateJsonContext Context = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    });

    /// <summary>The text of gate.json.</summary>
    public static string Json(GateReport report) => JsonSerializer.Serialize(report, Context.GateReport) + "\n";

    /// <summary>A table for a pull request.</summary>
    public static string Markdown(GateReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"**Release gates: {(report.Pass ? "pass" : "no release")}**\n\n| gate | verdict | measured |\n|---|---|---|\n");
        foreach (var check in report.Checks)
        {
            var verdict = check.Verdict == GateVerdict.Pass ? "pass" : $"**{Word(check)}**";
            text.Append(CultureInfo.InvariantCulture, $"| {check.Name} | {verdict} | {Cell(check.Detail)} |\n");
        }

        return text.ToString();
    }

    /// <summary>JUnit XML: a gate that fails or is inconclusive is a failure, a missing one an error.</summary>
    public static string JUnit(GateReport report)
    {
        var text = new StringBuilder();
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true, NewLineChars = "\n" }))
        {
            writer.WriteStartElement("testsuites");
            writer.WriteStartElement("testsuite");
            writer.WriteAttributeString("name", "gates");
            writer.WriteAttributeString("tests", report.Checks.Count.ToString(CultureInfo.InvariantCulture));
            writer.WriteAttributeString("failures", Count(report, GateVerdict.Fail, GateVerdict.Inconclusive));
            writer.WriteAttributeString("errors", Count(report, GateVerdict.Missing));
            foreach (var check in report.Checks)
            {
                writer.WriteStartElement("testcase");
                writer.WriteAttributeString("classname", "gates");
                writer.WriteAttributeString("name", check.Name);
                if (check.Verdict != GateVerdict.Pass)
                {
                    writer.WriteStartElement(check.Verdict == GateVerdict.Missing ? "error" : "failure");
                    writer.WriteAttributeString("type", Word(check));
                    writer.WriteAttributeString("message", check.Detail);
                    writer.WriteEndElement();
                }

                writer.WriteElementString("system-out", check.Detail);
                writer.WriteEndElement();
            }

            writer.WriteEndElement();
            writer.WriteEndElement();
        }

        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + text + "\n";
    }

    /// <summary>One workflow command per gate that does not pass.</summary>
    public static IReadOnlyList<string> Annotations(GateReport report, AnnotationStyle style) =>
        [.. report.Diagnostics().Select(item => style == AnnotationStyle.GitHub
            ? $"::{(item.Severity == Quant.Core.Diagnostics.Severity.Error ? "error" : "warning")} title={item.Code}::{Percent(item.Message)}"
            : $"##vso[task.logissue type={(item.Severity == Quant.Core.Diagnostics.Severity.Error ? "error" : "warning")};code={item.Code};]{item.Message.ReplaceLineEndings(" ")}")];

    private static string Word(GateCheck check) => JsonNamingPolicy.SnakeCaseLower.ConvertName(check.Verdict.ToString());

    private static string Count(GateReport report, params GateVerdict[] verdicts) =>
        report.Checks.Count(check => verdicts.Contains(check.Verdict)).ToString(CultureInfo.InvariantCulture);

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);

    private static string Percent(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
}
