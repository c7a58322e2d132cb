namespace Deploy.Engines.TensorRt.Bundles;

/// <summary>The lists that <c>sha256sum -c</c> reads.</summary>
internal static class Checksums
{
    public const string FileName = "SHA256SUMS";

    /// <summary>A list of all files under a folder, in order of their names.</summary>
    public static string Of(string folder) => string.Concat(
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
            .Where(name => name != FileName)
            .Order(StringComparer.Ordinal)
            .Select(name => $"{EngineKey.HashOf(Path.Combine(folder, name))}  {name}\n"));

    /// <summary>Files of a folder's list that are missing or changed; none when there is no list.</summary>
    public static IReadOnlyList<string> Broken(string folder)
    {
        var list = Path.Combine(folder, FileName);
        return !File.Exists(list) ? [] :
        [
            .. File.ReadLines(list)
                .Where(line => line.Length > 66)
                .Select(line => (Hash: line[..64], Name: line[66..]))
                .Where(item => !File.Exists(Path.Combine(folder, item.Name)) || EngineKey.HashOf(Path.Combine(folder, item.Name)) != item.Hash)
                .Select(item => item.Name),
        ];
    }
}
