namespace Quant.Core.Models;

/// <summary>Intersection over union of two boxes seen from above, by clipping one rectangle with the other's edges (Sutherland–Hodgman).</summary>
public static class BevIou
{
    /// <summary>In [0, 1]; 0 when either area is not positive.</summary>
    public static double Of(Box3D a, Box3D b)
    {
        var (areaA, areaB) = (a.L * a.W, b.L * b.W);
        if (!(areaA > 0 && areaB > 0))
        {
            return 0;
        }

        var reach = (Math.Sqrt((a.L * a.L) + (a.W * a.W)) + Math.Sqrt((b.L * b.L) + (b.W * b.W))) / 2;
        if (((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)) > reach * reach)
        {
            return 0;
        }

        var polygon = Corners(a);
        var clip = Corners(b);
        for (var edge = 0; edge < 4 && polygon.Count > 0; edge++)
        {
            polygon = Clip(polygon, clip[edge], clip[(edge + 1) % 4]);
        }

        var intersection = Area(polygon);
        return intersection / (areaA + areaB - intersection);
    }

    /// <summary>Counter-clockwise.</summary>
    private static List<(double X, double Y)> Corners(Box3D box)
    {
        var (sin, cos) = Math.SinCos(box.Yaw);
        (double X, double Y) At(double l, double w) => (box.X + (l * cos) - (w * sin), box.Y + (l * sin) + (w * cos));
        return [At(box.L / 2, box.W / 2), At(-box.L / 2, box.W / 2), At(-box.L / 2, -box.W / 2), At(box.L / 2, -box.W / 2)];
    }

    private static List<(double X, double Y)> Clip(List<(double X, double Y)> polygon, (double X, double Y) from, (double X, double Y) to)
    {
        double Side((double X, double Y) point) => ((to.X - from.X) * (point.Y - from.Y)) - ((to.Y - from.Y) * (point.X - from.X));
        var result = new List<(double X, double Y)>();
        for (var index = 0; index < polygon.Count; index++)
        {
            var (current, next) = (polygon[index], polygon[(index + 1) % polygon.Count]);
            var (sideCurrent, sideNext) = (Side(current), Side(next));
            if (sideCurrent >= 0)
            {
                result.Add(current);
            }

            if (sideCurrent * sideNext < 0)
            {
                var t = sideCurrent / (sideCurrent - sideNext);
                result.Add((current.X + (t * (next.X - current.X)), current.Y + (t * (next.Y - current.Y))));
            }
        }

        return result;
    }

    private static double Area(List<(double X, double Y)> polygon)
    {
        var twice = 0.0;
        for (var index = 0; index < polygon.Count; index++)
        {
            var (a, b) = (polygon[index], polygon[(index + 1) % polygon.Count]);
            twice += (a.X * b.Y) - (b.X * a.Y);
        }

        return Math.Abs(twice) / 2;
    }
}
