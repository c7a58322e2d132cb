using System.Text;

namespace Deploy.Reporting;

/// <summary>report.html: one self-contained file without network or script, readable in light and dark, on a phone and in print.</summary>
public static class HtmlReport
{
    /// <summary>The document.</summary>
    public static string Write(ReportDocument report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var sections = report.Sections.Where(section => section.Blocks.Count > 0).ToList();
        var html = new StringBuilder();
        html.Append($"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n<title>{ReportText.Html(report.Title)}: {ReportText.Html(report.Verdict)}</title>\n<style>\n{HtmlStyle.Sheet}\n</style>\n</head>\n<body>\n");
        html.Append($"<header>\n<h1>{ReportText.Html(report.Title)} <span class=\"verdict v-{VerdictClass(report.Verdict)}\">{ReportText.Html(report.Verdict)}</span></h1>\n<ul>\n");
        foreach (var line in report.Summary)
        {
            html.Append($"<li>{ReportText.Html(line)}</li>\n");
        }

        html.Append($"</ul>\n</header>\n<nav aria-label=\"Sections\">{string.Join(' ', sections.Select(section => $"<a href=\"#{section.Id}\">{ReportText.Html(section.Title)}</a>"))}</nav>\n<main>\n");
        foreach (var section in sections)
        {
            html.Append($"<section id=\"{section.Id}\" aria-labelledby=\"{section.Id}-title\">\n<h2 id=\"{section.Id}-title\">{ReportText.Html(section.Title)}</h2>\n");
            Append(html, section.Blocks);
            html.Append("</section>\n");
        }

        return html.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Append(StringBuilder html, IReadOnlyList<ReportBlock> blocks)
    {
        var inGrid = false;
        foreach (var block in blocks)
        {
            var small = block is ReportFigure { Wide: false };
            if (small != inGrid)
            {
                html.Append(small ? "<div class=\"grid\">\n" : "</div>\n");
                inGrid = small;
            }

            switch (block)
            {
                case ReportNote note:
                    html.Append($"<p>{ReportText.Html(note.Text)}</p>\n");
                    break;
                case ReportFigure figure:
                    html.Append($"<figure{(figure.Wide ? " class=\"wide\"" : "")}>{figure.Svg}<figcaption>{ReportText.Html(figure.Caption)}</figcaption></figure>\n");
                    break;
                case ReportTable table:
                    Append(html, table);
                    break;
                default:
                    throw new ArgumentException($"a {block.GetType().Name} cannot be written");
            }
        }

        html.Append(inGrid ? "</div>\n" : "");
    }

    private static void Append(StringBuilder html, ReportTable table)
    {
        // The scrolled region takes the keyboard's focus, or its hidden columns could not be reached without a mouse.
        html.Append($"<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{ReportText.Html(table.Title)}\"><table>\n<caption>{ReportText.Html(table.Title)}</caption>\n");
        html.Append($"<thead><tr>{string.Concat(table.Header.Select(cell => $"<th scope=\"col\">{ReportText.Html(cell)}</th>"))}</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            html.Append($"<tr>{string.Concat(row.Select((cell, column) => column == 0 ? $"<th scope=\"row\">{ReportText.Html(cell)}</th>" : Cell(cell)))}</tr>\n");
        }

        html.Append("</tbody></table></div>\n");
        if (table.Note is not null)
        {
            html.Append($"<p class=\"note\">{ReportText.Html(table.Note)}</p>\n");
        }
    }

    private static string Cell(string text) => text.Length > 40 ? $"<td class=\"long\">{ReportText.Html(text)}</td>" : $"<td>{ReportText.Html(text)}</td>";

    private static string VerdictClass(string verdict) => verdict switch { "PASS" => "pass", "FAIL" => "fail", _ => "none" };
}
