using Quant.Core.Models;

namespace Deploy.Reporting;

/// <summary>
/// A frame from above with labels and two models' boxes: x points up, y to the left, as in the LiDAR frame. The three kinds of box differ in
/// line pattern; a bar from the centre shows the heading.
/// </summary>
public static class BirdsEyeSvg
{
    /// <summary>At most so many points are drawn.</summary>
    public const int MaximumPoints = 5000;

    private const int Size = 640;
    private const int Legend = 26;

    /// <summary>Draws.</summary>
    /// <param name="label">What a reader without pictures is told.</param>
    /// <param name="points">First two columns are x and y in metres; null when they could not be read.</param>
    /// <param name="truth">Labelled boxes.</param>
    /// <param name="first">Name and boxes of the dashed model.</param>
    /// <param name="second">Name and boxes of the dotted model.</param>
    /// <param name="range">x min, y min, z min, x max, y max, z max in metres.</param>
    public static string Draw(string label, PointCloud? points, IReadOnlyList<Box3D> truth, (string Name, IReadOnlyList<Box3D> Boxes) first, (string Name, IReadOnlyList<Box3D> Boxes) second, IReadOnlyList<float> range)
    {
        ArgumentNullException.ThrowIfNull(range);
        var scale = (double)Size / Math.Max(range[3] - range[0], range[4] - range[1]);
        var (width, height) = ((int)Math.Ceiling((range[4] - range[1]) * scale), (int)Math.Ceiling((range[3] - range[0]) * scale));
        var svg = new SvgCanvas(width, height + Legend, label);
        if (points is not null)
        {
            svg.Dots(Dots(points), "dot");
        }

        foreach (var (boxes, style) in new[] { (truth, "truth"), (first.Boxes, "a"), (second.Boxes, "b") })
        {
            foreach (var box in boxes)
            {
                Box(box, style);
            }
        }

        DrawLegend();
        return svg.ToString();

        (double X, double Y) Pixel(double x, double y) => ((range[4] - y) * scale, (range[3] - x) * scale);

        HashSet<(int X, int Y)> Dots(PointCloud cloud)
        {
            var cells = new HashSet<(int X, int Y)>();
            var step = Math.Max(1, (int)Math.Ceiling(cloud.Count / (double)MaximumPoints));
            for (var point = 0; point < cloud.Count; point += step)
            {
                var (x, y) = Pixel(cloud.Values[point * cloud.Columns], cloud.Values[(point * cloud.Columns) + 1]);
                if (x >= 0 && y >= 0 && x < width && y < height)
                {
                    cells.Add(((int)x, (int)y));
                }
            }

            return cells;
        }

        void Box(in Box3D box, string style)
        {
            var (sin, cos) = Math.SinCos(box.Yaw);
            var (x, y, l, w) = (box.X, box.Y, box.L / 2, box.W / 2);
            (double X, double Y) At(double along, double across) => Pixel(x + (along * cos) - (across * sin), y + (along * sin) + (across * cos));
            svg.Polyline([At(l, w), At(l, -w), At(-l, -w), At(-l, w), At(l, w)], style);
            svg.Polyline([At(0, 0), At(l, 0)], style);
        }

        void DrawLegend()
        {
            svg.Line(0, height, width, height, "axis");
            var entries = new[] { ("labels", "truth"), (first.Name, "a"), (second.Name, "b") };
            for (var entry = 0; entry < entries.Length; entry++)
            {
                var left = 8 + (entry * 110);
                svg.Line(left, height + 13, left + 32, height + 13, entries[entry].Item2);
                svg.Text(left + 38, height + 18, entries[entry].Item1);
            }

            var metres = 10 * scale;
            svg.Line(width - 60 - metres, height + 13, width - 60, height + 13, "axis");
            svg.Text(width - 52, height + 18, "10 m", style: "s");
        }
    }
}
