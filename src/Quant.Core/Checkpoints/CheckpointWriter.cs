using System.Globalization;
using Quant.Core.Diagnostics;

namespace Quant.Core.Checkpoints;

/// <summary>Writes checkpoints that torch.load(weights_only=True) and MMEngine open. Equal contents give equal bytes.</summary>
public static class CheckpointWriter
{
    /// <summary>The folder inside the archive: fixed, where torch uses the file's name.</summary>
    private const string Root = "archive";

    /// <summary>Writes <c>{'state_dict': OrderedDict, 'meta': {…}}</c> under a temporary name and moves it into place.</summary>
    /// <param name="path">The .pth file; its folder is made when missing.</param>
    /// <param name="stateDict">Tensors in order, each with a storage of its own. They may come from the file that is replaced.</param>
    /// <param name="meta">Texts of <c>meta</c>, sorted by key; null leaves <c>meta</c> out.</param>
    /// <exception cref="QuantException">QNT0209: the file cannot be written.</exception>
    public static void Write(string path, StateDict stateDict, IReadOnlyDictionary<string, string>? meta = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(stateDict);
        var target = Path.GetFullPath(path);
        var temporary = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(target))!, $".tmp-{Environment.ProcessId}-{Path.GetFileName(target)}");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using (var output = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite))
            {
                WriteArchive(output, stateDict, meta);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" })
        {
            Discard(temporary);
            // A file beyond the limit of its file system (EFBIG) is an argument error in .NET.
            throw new QuantException(
                DiagnosticCodes.CheckpointNotWritable,
                $"the checkpoint '{path}' cannot be written ({exception.Message}); check the folder, its permissions and the free space",
                new SourceLocation(path),
                exception);
        }
        catch
        {
            Discard(temporary);
            throw;
        }
    }

    private static void WriteArchive(Stream output, StateDict stateDict, IReadOnlyDictionary<string, string>? meta)
    {
        var archive = new ZipStoreWriter(output);
        archive.Add($"{Root}/data.pkl", TorchPickleWriter.Write(stateDict, meta));
        archive.Add($"{Root}/byteorder", "little"u8.ToArray());
        var storage = 0L;
        foreach (var (_, tensor) in stateDict)
        {
            archive.Add(string.Create(CultureInfo.InvariantCulture, $"{Root}/data/{storage++}"), tensor.Count * tensor.DType.Size(), tensor.WriteTo);
        }

        archive.Add($"{Root}/version", "3\n"u8.ToArray());
        archive.Finish();
    }

    private static void Discard(string temporary)
    {
        if (File.Exists(temporary))
        {
            File.Delete(temporary);
        }
    }
}
