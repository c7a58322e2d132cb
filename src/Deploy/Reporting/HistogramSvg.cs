namespace Deploy.Reporting;

/// <summary>Counts of a tensor's magnitudes on a logarithmic scale, with the chosen range as a dashed line.</summary>
public static class HistogramSvg
{
    private const int Width = 320;
    private const int Height = 150;
    private const int Bottom = 125;
    private const int Top = 22;

    /// <summary>Draws.</summary>
    /// <param name="label">What a reader without pictures is told.</param>
    /// <param name="counts">Equal bins from 0.</param>
    /// <param name="binWidth">Of each, in the tensor's unit.</param>
    /// <param name="amax">The chosen range.</param>
    public static string Draw(string label, IReadOnlyList<long> counts, double binWidth, double amax)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var svg = new SvgCanvas(Width, Height, label);
        var top = Math.Log10(1 + counts.DefaultIfEmpty().Max());
        var end = Math.Max(counts.Count * binWidth, amax);
        double X(double value) => end > 0 ? 8 + ((Width - 16) * value / end) : 8;
        for (var bin = 0; bin < counts.Count; bin++)
        {
            var height = top > 0 ? (Bottom - Top) * Math.Log10(1 + counts[bin]) / top : 0;
            if (height > 0)
            {
                svg.Rectangle(X(bin * binWidth), Bottom - height, X((bin + 1) * binWidth) - X(bin * binWidth), height, "bar");
            }
        }

        svg.Line(8, Bottom, Width - 8, Bottom, "axis");
        svg.Line(X(amax), 4, X(amax), Bottom, "limit");
        svg.Text(X(amax) - 4, 15, $"amax {ReportText.Number(amax)}", "end");
        svg.Text(8, Height - 9, "0", style: "s");
        svg.Text(Width - 8, Height - 9, ReportText.Number(end), "end", "s");
        return svg.ToString();
    }
}
