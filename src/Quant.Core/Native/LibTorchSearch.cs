namespace Quant.Core.Native;

/// <summary>Where libtorch may be and where the adapted copy of TorchSharp's library goes.</summary>
/// <param name="Explicit">A folder that holds libtorch's libraries (what QUANT_LIBTORCH names), or null.</param>
/// <param name="AppFolder">The program's own folder.</param>
/// <param name="PackagesFolder">The NuGet cache, or null.</param>
/// <param name="CacheFolder">The only folder written to.</param>
public sealed record LibTorchSearch(string? Explicit, string AppFolder, string? PackagesFolder, string CacheFolder)
{
    /// <summary>The libtorch that TorchSharp 0.107 is built for.</summary>
    public const string Version = "2.10.0";

    /// <summary>Folders to try, in order.</summary>
    public IEnumerable<string> LibTorchFolders()
    {
        if (Explicit is not null)
        {
            yield return Explicit;
            yield return Path.Combine(Explicit, "lib");
            yield break;
        }

        yield return AppFolder;
        yield return Path.Combine(AppFolder, "runtimes", NativeLibraryNames.Rid, "native");
        if (PackagesFolder is not null)
        {
            yield return Path.Combine(PackagesFolder, $"libtorch-cpu-{NativeLibraryNames.Rid}", Version, "runtimes", NativeLibraryNames.Rid, "native");
        }
    }

    /// <summary>Folders that may hold TorchSharp's own library.</summary>
    public IEnumerable<string> TorchSharpFolders()
    {
        yield return AppFolder;
        yield return Path.Combine(AppFolder, "runtimes", NativeLibraryNames.Rid, "native");
        if (PackagesFolder is not null)
        {
            yield return Path.Combine(PackagesFolder, "torchsharp", "0.107.0", "runtimes", NativeLibraryNames.Rid, "native");
        }
    }
}
