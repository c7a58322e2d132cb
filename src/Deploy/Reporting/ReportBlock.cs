namespace Deploy.Reporting;

/// <summary>One piece of a section: a table, a picture or a sentence.</summary>
public abstract record ReportBlock
{
    /// <summary>True when report.md, the short form, has it too.</summary>
    public bool InShort { get; init; } = true;
}
