namespace Deploy.Reporting;

/// <summary>A table of a report: the same for Markdown and HTML.</summary>
/// <param name="Title">Caption.</param>
/// <param name="Header">Column names.</param>
/// <param name="Rows">Cells as text; the first names the row.</param>
/// <param name="Note">A sentence below, or null.</param>
public sealed record ReportTable(string Title, IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows, string? Note = null) : ReportBlock;
