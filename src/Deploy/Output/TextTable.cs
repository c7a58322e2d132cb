using Spectre.Console;

namespace Deploy.Output;

/// <summary>Tables as lines of text within <see cref="Terminal.Columns"/> columns: the last column wraps.</summary>
public static class TextTable
{
    private const string Indent = "  ";

    /// <summary>The lines of a table.</summary>
    /// <param name="header">Titles, or as many empty texts as there are columns for a table without them.</param>
    /// <param name="rows">Cells.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(rows);
        var table = new Table { Border = TableBorder.None, ShowHeaders = header.Any(title => title.Length > 0) };
        foreach (var (index, title) in header.Index())
        {
            var last = index == header.Count - 1;
            table.AddColumn(new TableColumn(new Text(title)) { NoWrap = !last, Padding = new Padding(0, 0, last ? 0 : 2, 0) });
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        using var text = new StringWriter { NewLine = "\n" };
        var console = Terminal.Create(text, interactive: false);
        console.Profile.Width = Terminal.Columns - Indent.Length;
        console.Write(table);
        return text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (Indent + line).TrimEnd());
    }
}
