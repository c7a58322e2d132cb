using Quant.Core.Diagnostics;

namespace Deploy.Datasets.Infos;

/// <summary>
/// Finds the files that an info file names. It states a bare file name (nuScenes and KITTI since 1.1, where MMDetection3D's
/// <c>data_prefix</c> adds the folder), a path below the root (AWML), or one from where the converter ran
/// (<c>./data/nuscenes/samples/…</c>, before 1.1).
/// </summary>
internal sealed class InfoPaths(DatasetOptions options)
{
    private readonly string root = Path.GetFullPath(options.Root);
    private readonly string channel = options.LidarChannel ?? "LIDAR_TOP";

    /// <summary>The first place inside the root where the file is; for a file that is nowhere, the plain combination.</summary>
    /// <exception cref="QuantException">QNT0810: the path leaves the root.</exception>
    public string Resolve(InfoValue path)
    {
        var stated = path.Text();
        var place = $"{path.Place}: ";
        var parts = stated.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        if (parts.Length == 0 || parts.Contains("..") || stated.Contains('\0', StringComparison.Ordinal))
        {
            return options.AllowPathsOutsideRoot
                ? DataPaths.Resolve(root, stated, true, () => new SourceLocation(path.File))
                : throw new QuantException(DiagnosticCodes.DatasetPathOutside, $"{place}'{stated.Replace('\0', '?')}' is no path inside {options.Root}", new SourceLocation(path.File));
        }

        foreach (var candidate in Candidates(parts))
        {
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        return DataPaths.Resolve(root, stated, options.AllowPathsOutsideRoot, () => new SourceLocation(path.File));
    }

    private IEnumerable<string> Candidates(string[] parts)
    {
        for (var skip = 0; skip < parts.Length; skip++)
        {
            yield return Path.Combine([root, .. parts[skip..]]);
        }

        foreach (var prefix in (string[][])[["samples", channel], ["sweeps", channel], ["training", "velodyne_reduced"], ["training", "velodyne"]])
        {
            yield return Path.Combine([root, .. prefix, parts[^1]]);
        }
    }
}
