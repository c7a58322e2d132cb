using Quant.Core.Diagnostics;

namespace Deploy.Datasets.Tables;

/// <summary>A nuScenes release: tables in <c>v1.0-*/</c> beside <c>samples/</c> and <c>sweeps/</c>.</summary>
internal static class NuScenesReader
{
    public static FrameIndex Read(DatasetOptions options)
    {
        var root = Path.GetFullPath(options.Root);
        var tables = options.Version is { } version ? Path.Combine(root, version) : Find(root, options.Root);
        return Directory.Exists(tables)
            ? TableReader.Read(new TableFolder(root, tables), options, options.NumFrames ?? int.MaxValue, double.PositiveInfinity)
            : throw new QuantException(DiagnosticCodes.DatasetTableMissing, $"{options.Root} has no folder {options.Version}: check dataset.*.version");
    }

    private static string Find(string root, string stated)
    {
        var found = Directory.GetDirectories(root, "v1.0-*").Order(StringComparer.Ordinal).ToList();
        if (found.Count == 0)
        {
            found = [.. new[] { Path.Combine(root, "annotation"), root }.Where(folder => File.Exists(Path.Combine(folder, "sample.json")))];
        }

        return found.Count switch
        {
            0 => throw new QuantException(DiagnosticCodes.DatasetTableMissing, $"{stated} holds no nuScenes tables: neither a folder v1.0-* nor sample.json"),
            1 => found[0],
            _ => throw new QuantException(
                DiagnosticCodes.DatasetOptionsInvalid, $"{stated} holds several releases, {string.Join(", ", found.Select(Path.GetFileName))}: set dataset.*.version to one of them"),
        };
    }
}
