using System.Globalization;
using System.Text;
using Quant.Core.Diagnostics;

namespace Deploy.Sensitivity;

/// <summary>Rows as CSV, most sensitive first; shards are joined by reading several files.</summary>
public static class SensitivityTable
{
    private const string Header = "layer,view,mse,sqnr,kl,macs,map,nds";

    /// <summary>The text of a file.</summary>
    public static string Write(IEnumerable<SensitivityRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
        var text = new StringBuilder(Header).Append('\n');
        foreach (var row in Ranked(rows))
        {
            text.Append(CultureInfo.InvariantCulture, $"{row.Layer},{row.View},{Number(row.Mse)},{Number(row.Sqnr)},{Number(row.Kl)},{Number(row.Macs)},{Number(row.Map)},{Number(row.Nds)}\n");
        }

        return text.ToString();
    }

    /// <summary>View by view, the largest error first in <c>only</c>, the smallest in <c>without</c>: there leaving the layer out helps most.</summary>
    public static IReadOnlyList<SensitivityRow> Ranked(IEnumerable<SensitivityRow> rows) =>
        [.. rows.OrderBy(row => row.View switch { "all" => 0, "only" => 1, _ => 2 }).ThenBy(row => row.View == "without" ? row.Mse : -row.Mse).ThenBy(row => row.Layer, StringComparer.Ordinal)];

    /// <summary>Reads files of one scan.</summary>
    /// <exception cref="QuantException">QNT0340: a file is no such table, or two tell different things of a layer.</exception>
    public static IReadOnlyList<SensitivityRow> Read(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var (rows, bag) = (new Dictionary<(string, string), SensitivityRow>(), new DiagnosticBag());
        foreach (var path in paths)
        {
            if (!File.Exists(path))
            {
                bag.Error(DiagnosticCodes.SensitivityTableInvalid, "the file is missing; 'deploy sensitivity --output' writes it", new SourceLocation(path));
                continue;
            }

            if (new FileInfo(path).Length == 0)
            {
                bag.Error(DiagnosticCodes.SensitivityTableInvalid, "the file is empty; scan again", new SourceLocation(path));
            }

            foreach (var (index, line) in File.ReadLines(path).Index())
            {
                var place = new SourceLocation(path, index + 1, 1);
                if (index == 0)
                {
                    if (line.TrimEnd() != Header)
                    {
                        bag.Error(DiagnosticCodes.SensitivityTableInvalid, $"the first line must be {Header}; 'deploy sensitivity --output' writes it", place);
                        break;
                    }
                }
                else if (Row(line) is not { } row)
                {
                    bag.Error(DiagnosticCodes.SensitivityTableInvalid, $"this is no row of {Header}; scan again", place);
                }
                else if (!rows.TryAdd((row.Layer, row.View), row) && row.View != "all")
                {
                    bag.Error(DiagnosticCodes.SensitivityTableInvalid, $"'{row.Layer}' ({row.View}) is there twice; give each shard once", place);
                }
            }
        }

        bag.ThrowIfErrors();
        return Ranked(rows.Values);
    }

    private static SensitivityRow? Row(string line)
    {
        var parts = line.TrimEnd().Split(',');
        double? Number(int index) => double.TryParse(parts[index], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
        return parts.Length == 8 && parts[0].Length > 0 && parts[1] is "only" or "without" or "all" && (Number(2), Number(3), Number(4), Number(5)) is ({ } mse, { } sqnr, { } kl, { } macs)
            ? new SensitivityRow(parts[0], parts[1], mse, sqnr, kl, macs, Number(6), Number(7))
            : null;
    }
}
