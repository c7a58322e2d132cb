using Quant.Core.Diagnostics;

namespace Deploy.Engines.TensorRt;

/// <summary>Finds trtexec.</summary>
public static class TrtexecLocator
{
    /// <summary>The program's file name here.</summary>
    public static string FileName => OperatingSystem.IsWindows() ? "trtexec.exe" : "trtexec";

    /// <summary>The path given, else the environment's value, else the first hit in a search path; null when only the search failed.</summary>
    /// <param name="given">Of the config or command line; a folder is searched for the program.</param>
    /// <param name="environmentValue">Of the variable TRTEXEC.</param>
    /// <param name="searchPath">Folders joined by the system's path separator.</param>
    /// <exception cref="QuantException">QNT0910: a path was given and nothing is there.</exception>
    public static string? Find(string? given, string? environmentValue, string searchPath)
    {
        ArgumentNullException.ThrowIfNull(searchPath);
        if (!string.IsNullOrEmpty(given))
        {
            return At(given) ?? throw Missing(given, "backend_config.trtexec");
        }

        if (!string.IsNullOrEmpty(environmentValue))
        {
            return At(environmentValue) ?? throw Missing(environmentValue, "the variable TRTEXEC");
        }

        return searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(folder => At(Path.Combine(folder, FileName))).FirstOrDefault(path => path is not null);
    }

    private static string? At(string path) =>
        File.Exists(path) ? Path.GetFullPath(path)
        : Directory.Exists(path) && File.Exists(Path.Combine(path, FileName)) ? Path.GetFullPath(Path.Combine(path, FileName))
        : null;

    private static QuantException Missing(string path, string source) =>
        new(DiagnosticCodes.TrtexecMissing, $"trtexec was not found at {path}, which {source} names; correct it, or remove it to search PATH");
}
