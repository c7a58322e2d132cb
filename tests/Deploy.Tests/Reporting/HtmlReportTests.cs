using System.Xml.Linq;
using Deploy.Reporting;
using Quant.Core.Models;

namespace Deploy.Tests.Reporting;

/// <summary>report.html and report.md with texts and numbers that nobody expects.</summary>
public sealed class HtmlReportTests
{
    private const string Hostile = "</td><script>alert('x')</script>\"&|`[a](b)\nline\u0001";

    private static ReportDocument Document { get; } = new(Hostile, "FAIL", [Hostile],
    [
        new ReportSection("one", Hostile, [new ReportTable(Hostile, [Hostile, "b"], [[Hostile, "1"]], Hostile), new ReportNote(Hostile)]),
        new ReportSection("two", "Pictures", [new ReportFigure(Hostile, HistogramSvg.Draw(Hostile, [5, 0, 1], 0.5, 1.2)), new ReportFigure("wide", ChartSvg.Bars(Hostile, [(Hostile, 2), ("zero", 0)])) { Wide = true }]),
        new ReportSection("gone", "Nothing", []),
    ]);

    [Fact]
    public void Hostile_text_stays_text_and_the_document_stays_well_formed()
    {
        var html = HtmlReport.Write(Document);

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        var body = XDocument.Parse(html[html.IndexOf("<body>", StringComparison.Ordinal)..html.LastIndexOf("</html>", StringComparison.Ordinal)]);
        Assert.Equal(["one", "two"], body.Descendants("section").Select(section => section.Attribute("id")!.Value));
        Assert.All(body.Descendants("svg"), svg => Assert.False(string.IsNullOrEmpty(svg.Attribute("aria-label")?.Value)));
    }

    [Fact]
    public void It_names_no_other_place_to_load_from()
    {
        var html = HtmlReport.Write(Document);

        Assert.DoesNotContain("http", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=", html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Markdown_keeps_a_cell_on_its_line_and_leaves_pictures_out()
    {
        var text = MarkdownReport.Write(Document);

        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
        Assert.DoesNotContain("](", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Pictures", text, StringComparison.Ordinal);
        Assert.Equal(3, text.Split('\n').Count(line => line.StartsWith("| ", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_frame_of_a_million_points_stays_small()
    {
        var random = new Random(1);
        var values = new float[4_000_000];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (random.NextSingle() * 300) - 150;
        }

        var svg = BirdsEyeSvg.Draw("frame", new PointCloud(values, 4), [], ("FP16", []), ("INT8", []), [-100, -100, -3, 100, 100, 5]);

        Assert.InRange(svg.Length, 1000, 100_000);
    }
}
