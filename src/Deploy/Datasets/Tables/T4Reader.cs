using System.Globalization;
using Quant.Core.Diagnostics;

namespace Deploy.Datasets.Tables;

/// <summary>A T4 data set, or a folder of them: T4 keeps every scene in a data set of its own.</summary>
internal static class T4Reader
{
    private const int SearchDepth = 3;

    /// <summary>AWML's converter shortens faster velocities (m/s) to this (t4converter.py, <c>_velocity_clip</c>).</summary>
    private const double MaxSpeed = 50;

    public static FrameIndex Read(DatasetOptions options)
    {
        var tables = options.Version ?? "annotation";
        var folders = Find(Path.GetFullPath(options.Root), tables, SearchDepth).ToList();
        if (folders.Count == 0)
        {
            throw new QuantException(
                DiagnosticCodes.DatasetTableMissing,
                $"{options.Root} holds no T4 data set: neither it nor the folders below hold {tables}/, the folder of its tables");
        }

        var (parts, left) = (new List<FrameIndex>(), options.NumFrames ?? int.MaxValue);
        foreach (var folder in folders.TakeWhile(_ => left > 0))
        {
            parts.Add(TableReader.Read(folder, options, left, MaxSpeed));
            left -= parts[^1].Frames.Count;
        }

        return FrameIndex.Join(parts);
    }

    /// <summary>Data sets in ordinal order of their paths; of folders 0, 1, 2 … that hold versions of one data set, the highest.</summary>
    private static IEnumerable<TableFolder> Find(string folder, string tables, int depth)
    {
        if (Directory.Exists(Path.Combine(folder, tables)))
        {
            return [new TableFolder(folder, Path.Combine(folder, tables))];
        }

        if (depth == 0)
        {
            return [];
        }

        var below = Directory.GetDirectories(folder).Order(StringComparer.Ordinal).ToList();
        var versions = below
            .Where(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out _) && Directory.Exists(Path.Combine(path, tables)))
            .ToList();
        if (versions.Count > 0)
        {
            below = [versions.MaxBy(path => int.Parse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture))!];
        }

        return below.SelectMany(path => Find(path, tables, depth - 1));
    }
}
