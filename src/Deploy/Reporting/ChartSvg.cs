namespace Deploy.Reporting;

/// <summary>Bars with names, and points in a plane.</summary>
public static class ChartSvg
{
    private const int Width = 640;

    /// <summary>One horizontal bar per item, the name above it and the value behind it.</summary>
    /// <param name="label">What a reader without pictures is told.</param>
    /// <param name="bars">Values of at least 0.</param>
    public static string Bars(string label, IReadOnlyList<(string Name, double Value)> bars)
    {
        ArgumentNullException.ThrowIfNull(bars);
        const int row = 34;
        var svg = new SvgCanvas(Width, (bars.Count * row) + 8, label);
        var largest = bars.Select(bar => bar.Value).DefaultIfEmpty().Max();
        for (var index = 0; index < bars.Count; index++)
        {
            var (name, value) = bars[index];
            var length = largest > 0 ? (Width - 120) * value / largest : 0;
            svg.Text(8, (index * row) + 16, name.Length > 80 ? $"{name[..79]}…" : name);
            svg.Rectangle(8, (index * row) + 21, Math.Max(length, 1), 10, "bar");
            svg.Text(16 + length, (index * row) + 31, ReportText.Number(value), style: "s");
        }

        return svg.ToString();
    }

    /// <summary>Two bars per item under its name, the first filled in one colour and the second, thinner, in the other.</summary>
    /// <param name="label">What a reader without pictures is told.</param>
    /// <param name="names">What the first and the second bar are.</param>
    /// <param name="items">Values of at least 0.</param>
    public static string Pairs(string label, (string First, string Second) names, IReadOnlyList<(string Name, double First, double Second)> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        const int row = 42;
        var svg = new SvgCanvas(Width, (items.Count * row) + 8, label);
        var largest = items.Select(item => Math.Max(item.First, item.Second)).DefaultIfEmpty().Max();
        for (var index = 0; index < items.Count; index++)
        {
            var (name, first, second) = items[index];
            double Length(double value) => Math.Max(1, largest > 0 ? (Width - 180) * value / largest : 0);
            svg.Text(8, (index * row) + 16, name);
            svg.Rectangle(8, (index * row) + 20, Length(first), 10, "bar");
            svg.Text(14 + Length(first), (index * row) + 29, $"{names.First} {ReportText.Number(first)}", style: "s");
            svg.Rectangle(8, (index * row) + 33, Length(second), 6, "mark");
            svg.Text(14 + Length(second), (index * row) + 41, $"{names.Second} {ReportText.Number(second)}", style: "s");
        }

        return svg.ToString();
    }

    /// <summary>One column per value, up or down from a line at 0.</summary>
    /// <param name="label">What a reader without pictures is told.</param>
    /// <param name="values">At least one.</param>
    public static string Columns(string label, IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var (left, top, half) = (70, 16, 90);
        var svg = new SvgCanvas(Width, (2 * half) + 40, label);
        var largest = values.Select(Math.Abs).DefaultIfEmpty().Max();
        var step = (double)(Width - left - 10) / Math.Max(1, values.Count);
        for (var index = 0; index < values.Count; index++)
        {
            var height = largest > 0 ? half * Math.Abs(values[index]) / largest : 0;
            svg.Rectangle(left + (index * step), top + half - (values[index] > 0 ? height : 0), Math.Max(0.5, step * 0.8), height, "bar");
        }

        svg.Line(left, top + half, Width - 10, top + half, "axis");
        svg.Text(left - 6, top + 10, ReportText.Number(largest), "end", "s");
        svg.Text(left - 6, top + half + 4, "0", "end", "s");
        svg.Text(left - 6, top + (2 * half), ReportText.Number(-largest), "end", "s");
        svg.Text(left, top + (2 * half) + 18, $"channels 0 to {values.Count - 1}", style: "s");
        return svg.ToString();
    }

    /// <summary>Points in a plane; those that no other beats are joined by a line.</summary>
    /// <param name="label">What a reader without pictures is told.</param>
    /// <param name="points">Cost to the right (less is better), gain upwards (more is better), and a name.</param>
    /// <param name="axes">Names of cost and gain.</param>
    public static string Pareto(string label, IReadOnlyList<(double Cost, double Gain, string Name)> points, (string Cost, string Gain) axes)
    {
        ArgumentNullException.ThrowIfNull(points);
        var (left, right, top, bottom) = (70, 600, 34, 300);
        var svg = new SvgCanvas(Width, 350, label);
        var (costs, gains) = (Span(points.Select(point => point.Cost)), Span(points.Select(point => point.Gain)));
        double X(double cost) => left + ((right - left) * (cost - costs.Low) / (costs.High - costs.Low));
        double Y(double gain) => bottom - ((bottom - top) * (gain - gains.Low) / (gains.High - gains.Low));
        svg.Line(left, bottom, right, bottom, "axis");
        svg.Line(left, top, left, bottom, "axis");
        svg.Text(left, bottom + 20, ReportText.Number(costs.Low), style: "s");
        svg.Text(right, bottom + 20, ReportText.Number(costs.High), "end", "s");
        svg.Text(left - 6, bottom, ReportText.Number(gains.Low), "end", "s");
        svg.Text(left - 6, top + 10, ReportText.Number(gains.High), "end", "s");
        svg.Text((left + right) / 2, bottom + 40, axes.Cost, "middle");
        svg.Text(8, 18, axes.Gain);
        svg.Polyline(Front(points).Select(point => (X(point.Cost), Y(point.Gain))), "a");
        foreach (var (cost, gain, name) in points)
        {
            svg.Circle(X(cost), Y(gain), 4, "mark");
            var end = X(cost) > (left + right) / 2;
            svg.Text(X(cost) + (end ? -8 : 8), Y(gain) - 6, name, end ? "end" : "start", "s");
        }

        return svg.ToString();
    }

    private static IEnumerable<(double Cost, double Gain, string Name)> Front(IReadOnlyList<(double Cost, double Gain, string Name)> points)
    {
        var best = double.NegativeInfinity;
        foreach (var point in points.OrderBy(point => point.Cost).ThenByDescending(point => point.Gain).Where(point => point.Gain > best))
        {
            best = point.Gain;
            yield return point;
        }
    }

    private static (double Low, double High) Span(IEnumerable<double> values)
    {
        var all = values.DefaultIfEmpty().ToList();
        var (low, high) = (all.Min(), all.Max());
        return high > low ? (low, high) : (low - 0.5, low + 0.5);
    }
}
