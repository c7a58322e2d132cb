using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Quant.Core.Diagnostics;

namespace Quant.Core.Native;

/// <summary>
/// Loads libtorch and TorchSharp's library before the first use of torch in a process. On Linux a private copy of TorchSharp's
/// library, with its GLIBCXX_3.4.32 reference weak, is loaded instead of the original; TorchSharp then finds it by its SONAME.
/// </summary>
public static class LibTorch
{
    private const string MarkerVersion = "GLIBCXX_3.4.32";
    private static readonly Lock Gate = new();
    private static string? loaded;

    /// <summary>Loads once; later calls return the folder of the first.</summary>
    /// <returns>The folder libtorch came from.</returns>
    /// <exception cref="QuantException">QNT0901: not found. QNT0902: found, but it cannot be loaded or has another version.</exception>
    public static string Load(LibTorchSearch search)
    {
        ArgumentNullException.ThrowIfNull(search);
        lock (Gate)
        {
            return loaded ??= LoadOnce(search);
        }
    }

    /// <summary>The folder that holds libtorch, without loading it.</summary>
    public static string Find(LibTorchSearch search)
    {
        ArgumentNullException.ThrowIfNull(search);
        var folder = search.LibTorchFolders().FirstOrDefault(path => File.Exists(Path.Combine(path, NativeLibraryNames.TorchCpu)));
        return folder ?? throw new QuantException(
            DiagnosticCodes.LibTorchMissing,
            $"libtorch {LibTorchSearch.Version} was not found in {string.Join(", ", search.LibTorchFolders())}; run 'deploy doctor --fix' to fetch it, or set QUANT_LIBTORCH to a folder that holds {NativeLibraryNames.TorchCpu}");
    }

    /// <summary>Writes the adapted copy of TorchSharp's library unless it is there already; safe when several processes do it at once.</summary>
    /// <returns>The path to load: the copy, or the original when nothing needs to change.</returns>
    public static string Adapt(string library, string cacheFolder)
    {
        var bytes = File.ReadAllBytes(library);
        if (WeakVersionReference.Mark(bytes, MarkerVersion) == 0)
        {
            return library;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
        var copy = Path.Combine(cacheFolder, $"{Path.GetFileNameWithoutExtension(library)}.{hash}{Path.GetExtension(library)}");
        if (File.Exists(copy) && new FileInfo(copy).Length == bytes.Length)
        {
            return copy;
        }

        Directory.CreateDirectory(cacheFolder);
        var temporary = Path.Combine(cacheFolder, $".{Path.GetRandomFileName()}");
        File.WriteAllBytes(temporary, bytes);
        File.Move(temporary, copy, overwrite: true);
        return copy;
    }

    private static string LoadOnce(LibTorchSearch search)
    {
        var folder = Find(search);
        var wrapper = search.TorchSharpFolders().Select(path => Path.Combine(path, NativeLibraryNames.TorchSharp)).FirstOrDefault(File.Exists)
            ?? throw new QuantException(DiagnosticCodes.LibTorchMissing, $"{NativeLibraryNames.TorchSharp} was not found beside the program; build or install it again");
        CheckVersion(folder);
        OpenMpWaiting.Limit();
        try
        {
            foreach (var file in NativeLibraryNames.LibTorch.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal).Take(1)))
            {
                NativeLibrary.Load(file);
            }

            NativeLibrary.Load(OperatingSystem.IsLinux() ? Adapt(wrapper, search.CacheFolder) : wrapper);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new QuantException(
                DiagnosticCodes.LibTorchUnusable,
                $"libtorch in {folder} cannot be loaded with {wrapper}: {error.Message.Trim()}; this program needs libtorch {LibTorchSearch.Version} and a writable cache folder ({search.CacheFolder})",
                inner: error);
        }

        return folder;
    }

    /// <summary>libtorch's own archives carry a <c>build-version</c> file; other sources are tried as they are.</summary>
    private static void CheckVersion(string folder)
    {
        var file = new[] { folder, Path.GetDirectoryName(folder) ?? folder }.Select(path => Path.Combine(path, "build-version")).FirstOrDefault(File.Exists);
        if (file is null)
        {
            return;
        }

        var version = File.ReadAllText(file).Trim();
        if (!version.StartsWith("2.10.", StringComparison.Ordinal) && !version.StartsWith("2.11.", StringComparison.Ordinal))
        {
            throw new QuantException(DiagnosticCodes.LibTorchUnusable, $"libtorch in {folder} is version {version}; TorchSharp 0.107 needs {LibTorchSearch.Version} (2.11 was seen to work)");
        }
    }
}
