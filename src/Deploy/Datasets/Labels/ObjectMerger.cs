using Quant.Core.Models;

namespace Deploy.Datasets.Labels;

/// <summary>
/// Makes one object of two that belong together, such as a truck and its trailer: AWML's <c>match_objects</c> and
/// <c>merge_boxes_extend_longer</c> (tools/detection3d/t4dataset_converters/t4converter.py).
/// </summary>
internal static class ObjectMerger
{
    private const double FaceDistance = 2;

    /// <summary>
    /// Pairs, first × second class in order, whose footprints touch or whose end faces are within 2 m become one object of the
    /// target class; each object is used once. Merged objects come first.
    /// </summary>
    public static IReadOnlyList<NamedObject> Merge(IReadOnlyList<NamedObject> objects, IReadOnlyDictionary<string, IReadOnlyList<string>> rules)
    {
        var used = new bool[objects.Count];
        var result = new List<NamedObject>(objects.Count);
        foreach (var (target, sources) in rules)
        {
            for (var i = 0; i < objects.Count; i++)
            {
                for (var j = 0; j < objects.Count && !used[i] && objects[i].Name == sources[0]; j++)
                {
                    if (i != j && !used[j] && objects[j].Name == sources[1] && Belong(objects[i].Object.Box, objects[j].Object.Box))
                    {
                        used[i] = used[j] = true;
                        result.Add(new(target, One(target, objects[i].Object, objects[j].Object)));
                    }
                }
            }
        }

        result.AddRange(objects.Where((_, i) => !used[i]));
        return result;
    }

    /// <summary>
    /// The box of larger footprint, lengthened along its longer side to the projection of the other's far end; velocity is the
    /// mean. Height spans both boxes; AWML adds half-heights to centres there (it reads z as the bottom), which this does not.
    /// </summary>
    public static Box3D ExtendLonger(in Box3D first, in Box3D second)
    {
        var firstIsLarger = first.L * first.W >= second.L * second.W;
        var (large, small) = firstIsLarger ? (first, second) : (second, first);
        var along = LongAxis(large);
        var (ends, smallAxis) = (Math.Max(large.L, large.W) / 2, LongAxis(small));
        var reach = Math.Max(small.L, small.W) / 2;
        var offset = (X: small.X - large.X, Y: small.Y - large.Y);
        var (a, b) = ((X: offset.X + (reach * smallAxis.X), Y: offset.Y + (reach * smallAxis.Y)), (X: offset.X - (reach * smallAxis.X), Y: offset.Y - (reach * smallAxis.Y)));
        var far = (a.X * a.X) + (a.Y * a.Y) > (b.X * b.X) + (b.Y * b.Y) ? a : b;

        // The larger box's end nearer to the smaller one's centre; on a tie the rear one, as the reference.
        var side = (offset.X * along.X) + (offset.Y * along.Y) > 0 ? 1 : -1;
        var shift = (side * ((far.X * along.X) + (far.Y * along.Y))) - ends;
        var (bottom, top) = (Math.Min(first.Z - (first.H / 2), second.Z - (second.H / 2)), Math.Max(first.Z + (first.H / 2), second.Z + (second.H / 2)));
        return large with
        {
            X = large.X + (side * along.X * shift / 2),
            Y = large.Y + (side * along.Y * shift / 2),
            Z = (bottom + top) / 2,
            L = large.L >= large.W ? large.L + Math.Abs(shift) : large.L,
            W = large.W > large.L ? large.W + Math.Abs(shift) : large.W,
            H = top - bottom,
            Vx = (first.Vx + second.Vx) / 2,
            Vy = (first.Vy + second.Vy) / 2,
        };
    }

    private static RawObject One(string target, RawObject first, RawObject second) => new(
        target,
        ExtendLonger(first.Box, second.Box),
        first.PointCount < 0 || second.PointCount < 0 ? -1 : first.PointCount + second.PointCount,
        [.. first.Attributes.Union(second.Attributes)]);

    private static bool Belong(in Box3D a, in Box3D b)
    {
        foreach (var endA in (ReadOnlySpan<double>)[0.5, -0.5])
        {
            foreach (var endB in (ReadOnlySpan<double>)[0.5, -0.5])
            {
                double dx = a.X + (endA * a.L * Math.Cos(a.Yaw)) - b.X - (endB * b.L * Math.Cos(b.Yaw));
                double dy = a.Y + (endA * a.L * Math.Sin(a.Yaw)) - b.Y - (endB * b.L * Math.Sin(b.Yaw));
                if (Math.Sqrt((dx * dx) + (dy * dy) + ((a.Z - b.Z) * (a.Z - b.Z))) <= FaceDistance)
                {
                    return true;
                }
            }
        }

        return !Separated(a, b) && !Separated(b, a);
    }

    /// <summary>True when one of a's two directions keeps the footprints apart (separating axes).</summary>
    private static bool Separated(in Box3D a, in Box3D b)
    {
        var (cos, sin) = (Math.Cos(a.Yaw), Math.Sin(a.Yaw));
        var (dx, dy) = (b.X - a.X, b.Y - a.Y);
        var (turnCos, turnSin) = (Math.Abs(Math.Cos(b.Yaw - a.Yaw)), Math.Abs(Math.Sin(b.Yaw - a.Yaw)));
        return Math.Abs((dx * cos) + (dy * sin)) > (a.L + (b.L * turnCos) + (b.W * turnSin)) / 2
            || Math.Abs((dy * cos) - (dx * sin)) > (a.W + (b.L * turnSin) + (b.W * turnCos)) / 2;
    }

    private static (double X, double Y) LongAxis(in Box3D box)
    {
        var angle = box.L >= box.W ? box.Yaw : box.Yaw + (Math.PI / 2);
        return (Math.Cos(angle), Math.Sin(angle));
    }
}
