using System.Text;

namespace Deploy.Reporting;

/// <summary>report.md: short enough for a pull request.</summary>
public static class MarkdownReport
{
    /// <summary>The text, LF line ends.</summary>
    public static string Write(ReportDocument report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        text.Append($"# {report.Title}: {report.Verdict}\n\n");
        foreach (var line in report.Summary)
        {
            text.Append($"- {line}\n");
        }

        foreach (var table in report.Tables)
        {
            text.Append($"\n## {table.Title}\n\n");
            Row(table.Header);
            Row([.. table.Header.Select(_ => "---")]);
            foreach (var row in table.Rows)
            {
                Row(row);
            }

            if (table.Note is not null)
            {
                text.Append($"\n{table.Note}\n");
            }
        }

        return text.ToString();

        void Row(IReadOnlyList<string> cells) => text.Append($"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |\n");
    }
}
