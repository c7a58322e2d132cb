using System.Globalization;
using System.Text;

namespace Deploy.Reporting;

/// <summary>
/// Writes one SVG element. Colours and dash patterns come from the classes of the report's style sheet, so that a picture follows
/// light and dark; texts are escaped.
/// </summary>
public sealed class SvgCanvas
{
    private readonly StringBuilder body = new();
    private readonly string open;

    /// <summary>An empty picture.</summary>
    /// <param name="width">Of the coordinate system; the page scales it.</param>
    /// <param name="height">The same.</param>
    /// <param name="label">What the picture shows, for those who do not see it.</param>
    public SvgCanvas(int width, int height, string label) => open = $"<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{ReportText.Html(label)}\">";

    /// <summary>A straight line.</summary>
    public void Line(double x1, double y1, double x2, double y2, string style) => Add($"<line x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\" class=\"{style}\"/>");

    /// <summary>A rectangle.</summary>
    public void Rectangle(double x, double y, double width, double height, string style) => Add($"<rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" class=\"{style}\"/>");

    /// <summary>A line through points.</summary>
    public void Polyline(IEnumerable<(double X, double Y)> points, string style) =>
        Add($"<polyline points=\"{string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.#},{point.Y:0.#}")))}\" class=\"{style}\"/>");

    /// <summary>A filled circle.</summary>
    public void Circle(double x, double y, double radius, string style) => Add($"<circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{radius:0.#}\" class=\"{style}\"/>");

    /// <summary>Many dots in one element.</summary>
    public void Dots(IEnumerable<(int X, int Y)> dots, string style)
    {
        ArgumentNullException.ThrowIfNull(dots);
        body.Append("<path d=\"");
        foreach (var (x, y) in dots)
        {
            body.Append(CultureInfo.InvariantCulture, $"M{x} {y}h0");
        }

        body.Append("\" class=\"").Append(style).Append("\"/>");
    }

    /// <summary>A text; <paramref name="anchor"/> is <c>start</c>, <c>middle</c> or <c>end</c>.</summary>
    public void Text(double x, double y, string text, string anchor = "start", string style = "t") =>
        Add($"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\" class=\"{style}\">{ReportText.Html(text)}</text>");

    /// <summary>The element.</summary>
    public override string ToString() => $"{open}{body}</svg>";

    private void Add(FormattableString element) => body.Append(element.ToString(CultureInfo.InvariantCulture));
}
