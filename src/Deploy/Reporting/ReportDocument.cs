namespace Deploy.Reporting;

/// <summary>What a report says, before it is written as Markdown or HTML.</summary>
/// <param name="Title">The deployment.</param>
/// <param name="Verdict"><c>PASS</c>, <c>FAIL</c> or <c>NOT GATED</c>.</param>
/// <param name="Summary">A few lines on top.</param>
/// <param name="Sections">In order.</param>
public sealed record ReportDocument(string Title, string Verdict, IReadOnlyList<string> Summary, IReadOnlyList<ReportSection> Sections);
