using Quant.Core.Diagnostics;

namespace Deploy.Datasets;

/// <summary>Paths that a table or info file states: untrusted text.</summary>
internal static class DataPaths
{
    /// <summary>The full path of <paramref name="stated"/>, relative to <paramref name="root"/>.</summary>
    /// <exception cref="QuantException">QNT0810: it is absolute or leaves the folder, and that was not allowed.</exception>
    public static string Resolve(string root, string stated, bool allowOutside, Func<SourceLocation> where)
    {
        if (stated.Length == 0 || stated.Contains('\0', StringComparison.Ordinal))
        {
            throw new QuantException(DiagnosticCodes.DatasetPathOutside, $"'{stated.Replace('\0', '?')}' is no path of a file", where());
        }

        var folder = Path.GetFullPath(root);
        var full = Path.GetFullPath(Path.Combine(folder, stated));
        if (!allowOutside && (Path.IsPathRooted(stated) || !full.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
        {
            throw new QuantException(DiagnosticCodes.DatasetPathOutside, $"the path '{stated}' leads out of {root}; paths must be relative and stay inside the data set", where());
        }

        return full;
    }
}
