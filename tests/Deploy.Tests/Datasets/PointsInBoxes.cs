using Quant.Core.Models;

namespace Deploy.Tests.Datasets;

/// <summary>Counts points inside a box, borders included.</summary>
internal static class PointsInBoxes
{
    public static int Count(PointCloud points, in Box3D box)
    {
        var (count, cos, sin) = (0, Math.Cos(box.Yaw), Math.Sin(box.Yaw));
        for (var i = 0; i < points.Count; i++)
        {
            var at = points.Values.AsSpan(i * points.Columns, 3);
            var (x, y, z) = (at[0] - box.X, at[1] - box.Y, at[2] - box.Z);
            var inside = Math.Abs((x * cos) + (y * sin)) <= box.L / 2 && Math.Abs((y * cos) - (x * sin)) <= box.W / 2 && Math.Abs(z) <= box.H / 2;
            count += inside ? 1 : 0;
        }

        return count;
    }
}
