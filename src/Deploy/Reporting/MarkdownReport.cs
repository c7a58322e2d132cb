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
        text.Append($"# {ReportText.Markdown(report.Title)}: {report.Verdict}\n\n");
        foreach (var line in report.Summary)
        {
            text.Append($"- {ReportText.Markdown(line)}\n");
        }

        foreach (var section in report.Sections)
        {
            var blocks = section.Blocks.Where(block => block.InShort && block is not ReportFigure).ToList();
            if (blocks.Count == 0)
            {
                continue;
            }

            text.Append($"\n## {ReportText.Markdown(section.Title)}\n");
            blocks.ForEach(block => Append(text, block));
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ReportBlock block)
    {
        if (block is ReportNote note)
        {
            text.Append($"\n{ReportText.Markdown(note.Text)}\n");
            return;
        }

        var table = (ReportTable)block;
        text.Append($"\n**{ReportText.Markdown(table.Title)}**\n\n");
        Row(table.Header);
        Row([.. table.Header.Select(_ => "---")]);
        foreach (var row in table.Rows)
        {
            Row(row);
        }

        if (table.Note is not null)
        {
            text.Append($"\n{ReportText.Markdown(table.Note)}\n");
        }

        void Row(IReadOnlyList<string> cells) => text.Append($"| {string.Join(" | ", cells.Select(ReportText.Markdown))} |\n");
    }
}
