using Quant.Core.Diagnostics;

namespace Deploy.Datasets.Tables;

/// <summary>One data set on disk: its root, which point paths are relative to, and the folder of its tables.</summary>
internal sealed record TableFolder(string Root, string Tables)
{
    public string Path(string table) => System.IO.Path.Combine(Tables, table + ".json");

    public bool Has(string table) => File.Exists(Path(table));

    /// <exception cref="QuantException">QNT0803, all missing tables at once.</exception>
    public void Require(params ReadOnlySpan<string> tables)
    {
        var bag = new DiagnosticBag();
        foreach (var table in tables)
        {
            if (!Has(table))
            {
                bag.Error(DiagnosticCodes.DatasetTableMissing, $"the table {table}.json is not there", new SourceLocation(Path(table)));
            }
        }

        bag.ThrowIfErrors();
    }
}
