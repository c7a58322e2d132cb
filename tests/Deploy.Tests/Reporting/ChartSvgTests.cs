using System.Globalization;
using System.Xml.Linq;
using Deploy.Reporting;

namespace Deploy.Tests.Reporting;

public sealed class ChartSvgTests
{
    [Fact]
    public void Pairs_are_drawn_in_proportion_with_their_numbers()
    {
        var svg = XElement.Parse(ChartSvg.Pairs("a <label>", ("before", "after"), [("x", 2, 0.5), ("y & z", 1, 0)]));

        Assert.Equal("a <label>", svg.Attribute("aria-label")!.Value);
        Assert.Equal([460, 230], Widths(svg, "bar"));
        Assert.Equal([115, 1], Widths(svg, "mark"));
        Assert.Equal(["x", "before 2", "after 0.5", "y & z", "before 1", "after 0"], svg.Elements("text").Select(text => text.Value));
    }

    [Fact]
    public void Columns_go_up_and_down_from_zero()
    {
        var svg = XElement.Parse(ChartSvg.Columns("shift", [1, -2, 0]));
        var columns = svg.Elements("rect").Select(rect => (Number(rect, "y"), Number(rect, "height"))).ToList();

        Assert.Equal([(61, 45), (106, 90), (106, 0)], columns);
        Assert.Contains(svg.Elements("text"), text => text.Value == "channels 0 to 2");
    }

    [Fact]
    public void Nothing_and_zeros_are_drawn_without_a_division_by_zero()
    {
        Assert.DoesNotContain("NaN", ChartSvg.Pairs("none", ("a", "b"), [("x", 0, 0)]), StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", ChartSvg.Columns("none", []), StringComparison.Ordinal);
    }

    private static IEnumerable<double> Widths(XElement svg, string style) => svg.Elements("rect").Where(rect => rect.Attribute("class")!.Value == style).Select(rect => Number(rect, "width"));

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
