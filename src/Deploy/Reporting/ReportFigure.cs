namespace Deploy.Reporting;

/// <summary>A picture; report.html alone shows it.</summary>
/// <param name="Caption">The sentence below it, which is its text alternative too.</param>
/// <param name="Svg">An <c>svg</c> element whose texts are escaped, as <see cref="SvgCanvas"/> writes it.</param>
public sealed record ReportFigure(string Caption, string Svg) : ReportBlock
{
    /// <summary>True for a picture that takes the width of the page; small ones stand side by side.</summary>
    public bool Wide { get; init; }
}
