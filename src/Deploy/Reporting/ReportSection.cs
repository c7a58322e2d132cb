namespace Deploy.Reporting;

/// <summary>A part of a report under one heading.</summary>
/// <param name="Id">Its anchor: lower-case letters.</param>
/// <param name="Title">Heading.</param>
/// <param name="Blocks">In order; a section without blocks is left out.</param>
public sealed record ReportSection(string Id, string Title, IReadOnlyList<ReportBlock> Blocks);
