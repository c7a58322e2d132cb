using System.Globalization;
using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Datasets.Points;

/// <summary>
/// Key frame and past sweeps as <c>LoadPointsFromFile</c>, <c>LoadPointsFromMultiSweeps(test_mode=True)</c> and
/// <c>PointsRangeFilter</c> of MMDetection3D give them: key frame first, then sweeps nearest first, file order kept inside each.
/// </summary>
internal sealed class PointLoader
{
    private const float CloseRadius = 1;
    private const int Time = -1;

    private readonly DatasetOptions options;
    private readonly int[] columns;

    public PointLoader(DatasetOptions options)
    {
        this.options = options;
        columns = [.. options.UseDim.Select(Column)];
    }

    /// <summary>The points, and how many were dropped for NaN or infinity in a used column.</summary>
    /// <exception cref="QuantException">QNT0807 … QNT0809.</exception>
    public (PointCloud Points, int Dropped) Load(FrameEntry entry)
    {
        var buffer = new PointBuffer(columns.Length);
        var key = PointFile.Read(entry.File, options.PointColumns.Count);
        var dropped = Append(buffer, key, entry.File, null, removeClose: false);
        if (buffer.Count == 0)
        {
            throw new QuantException(DiagnosticCodes.FrameUnusable, $"frame {entry.Token} has no points", new SourceLocation(entry.File));
        }

        foreach (var sweep in entry.Sweeps)
        {
            var raw = PointFile.Read(sweep.File, options.PointColumns.Count);
            dropped += Append(buffer, raw, sweep.File, sweep, options.RemoveClose);
        }

        if (entry.Sweeps.Count == 0 && entry.Pad && options.PadEmptySweeps)
        {
            for (var i = 0; i < options.SweepsNum; i++)
            {
                Append(buffer, key, entry.File, null, options.RemoveClose);
            }
        }

        var cloud = new PointCloud(InRange(buffer, entry), columns.Length);
        return (cloud, dropped);
    }

    private int Column(string name)
    {
        // A file's own time column is the age of its points only as long as nothing is added to them.
        var column = Enumerable.Range(0, options.PointColumns.Count).FirstOrDefault(i => options.PointColumns[i] == name, Time);
        return name == "time" && options.SweepsNum > 0 ? Time : column;
    }

    private int Append(PointBuffer buffer, RawPoints raw, string file, SweepEntry? sweep, bool removeClose)
    {
        buffer.Reserve(raw.Count);
        var (dropped, lag) = (0, (float)(sweep?.TimeLag ?? 0));
        for (var row = 0; row < raw.Count; row++)
        {
            var source = raw.Values.AsSpan(row * raw.Columns, raw.Columns);
            var point = buffer.Next();
            var finite = true;
            for (var i = 0; i < columns.Length; i++)
            {
                point[i] = columns[i] == Time ? lag : source[columns[i]];
                finite &= float.IsFinite(point[i]);
            }

            if (!finite)
            {
                dropped++;
            }

            if (!finite || (removeClose && MathF.Abs(point[0]) < CloseRadius && MathF.Abs(point[1]) < CloseRadius))
            {
                buffer.Undo();
            }
            else if (sweep is not null)
            {
                Move(point, sweep);
            }
        }

        return dropped * 2L <= raw.Count ? dropped : throw new QuantException(
            DiagnosticCodes.FrameUnusable,
            string.Create(CultureInfo.InvariantCulture, $"{dropped} of {raw.Count} points have NaN or infinity; more than half is no usable frame: check the file and dataset.point_columns"),
            new SourceLocation(file));
    }

    private static void Move(Span<float> point, SweepEntry sweep)
    {
        // Rounded to float32 after the rotation and again after the shift, as the reference's float32 arrays are.
        var (x, y, z) = ((double)point[0], (double)point[1], (double)point[2]);
        var (r, t) = (sweep.Rotation, sweep.Translation);
        point[0] = (float)((float)((x * r[0]) + (y * r[1]) + (z * r[2])) + t[0]);
        point[1] = (float)((float)((x * r[3]) + (y * r[4]) + (z * r[5])) + t[1]);
        point[2] = (float)((float)((x * r[6]) + (y * r[7]) + (z * r[8])) + t[2]);
    }

    private float[] InRange(PointBuffer buffer, FrameEntry entry)
    {
        var values = buffer.ToArray();
        if (options.PointCloudRange is not { } range)
        {
            return values;
        }

        var kept = 0;
        for (var at = 0; at < values.Length; at += columns.Length)
        {
            var (x, y, z) = (values[at], values[at + 1], values[at + 2]);
            if (x > range[0] && y > range[1] && z > range[2] && x < range[3] && y < range[4] && z < range[5])
            {
                values.AsSpan(at, columns.Length).CopyTo(values.AsSpan(kept));
                kept += columns.Length;
            }
        }

        return kept > 0 ? values[..kept] : throw new QuantException(
            DiagnosticCodes.FrameUnusable,
            $"frame {entry.Token} has no point inside the range [{string.Join(", ", range)}]: check point_cloud_range and dataset.point_columns",
            new SourceLocation(entry.File));
    }
}
