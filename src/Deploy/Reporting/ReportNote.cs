namespace Deploy.Reporting;

/// <summary>A paragraph, such as why something was not measured.</summary>
/// <param name="Text">Plain text.</param>
public sealed record ReportNote(string Text) : ReportBlock;
