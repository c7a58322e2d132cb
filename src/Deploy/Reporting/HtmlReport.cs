using System.Net;
using System.Text;

namespace Deploy.Reporting;

/// <summary>report.html: one self-contained file without network, readable in light and dark, on a phone and in print.</summary>
public static class HtmlReport
{
    private const string Style =
        """
        :root{color-scheme:light dark;--line:#8884}
        body{font:16px/1.45 system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1rem}
        .verdict{display:inline-block;border:2px solid currentColor;border-radius:.4rem;padding:.1rem .7rem;font-weight:700}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;margin:.5rem 0;font-variant-numeric:tabular-nums}
        th,td{border-bottom:1px solid var(--line);padding:.2rem .7rem;text-align:left;vertical-align:top}
        td:not(:first-child){white-space:nowrap}
        @media print{.scroll{overflow:visible}h2{break-after:avoid}}
        """;

    /// <summary>The document.</summary>
    public static string Write(ReportDocument report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var html = new StringBuilder();
        html.Append($"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>{Text(report.Title)}: {Text(report.Verdict)}</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n");
        html.Append($"<h1>{Text(report.Title)} <span class=\"verdict\">{Text(report.Verdict)}</span></h1>\n<ul>\n");
        foreach (var line in report.Summary)
        {
            html.Append($"<li>{Text(line)}</li>\n");
        }

        html.Append("</ul>\n");
        foreach (var table in report.Tables)
        {
            html.Append($"<h2>{Text(table.Title)}</h2>\n<div class=\"scroll\"><table>\n<thead><tr>{string.Concat(table.Header.Select(cell => $"<th scope=\"col\">{Text(cell)}</th>"))}</tr></thead>\n<tbody>\n");
            foreach (var row in table.Rows)
            {
                html.Append($"<tr>{string.Concat(row.Select(cell => $"<td>{Text(cell)}</td>"))}</tr>\n");
            }

            html.Append("</tbody></table></div>\n");
            if (table.Note is not null)
            {
                html.Append($"<p>{Text(table.Note)}</p>\n");
            }
        }

        return html.Append("</body>\n</html>\n").ToString();
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
