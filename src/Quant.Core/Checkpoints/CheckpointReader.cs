using System.Text;
using Quant.Core.Diagnostics;

namespace Quant.Core.Checkpoints;

/// <summary>
/// Opens what torch.save wrote, in the zip format and the one before 1.6, without executing anything in it. The file stays
/// mapped until the checkpoint is disposed; tensors are read when they are asked for.
/// </summary>
public static class CheckpointReader
{
    private const int SniffedBytes = 512;

    /// <summary>A checkpoint with an optimizer holds some ten thousand values; histories of a long training are one array each.</summary>
    private static readonly PickleLimits Limits = new() { MaxObjects = 20_000_000 };

    /// <summary>Reads the names, shapes and meta data of a checkpoint.</summary>
    /// <param name="path">The .pth file.</param>
    /// <exception cref="QuantException">
    /// QNT0201: not there or not readable. QNT0202: damaged. QNT0203: another format. QNT0204: a class outside the allow-list.
    /// QNT0205: a malformed pickle. QNT0206: a limit. QNT0207: an impossible tensor. QNT0208: no state dict.
    /// </exception>
    public static Checkpoint Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = Open(path);
        try
        {
            return CheckpointContainer.Open(Load(file, path), path) with { Source = file };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static object? Load(MappedFile file, string path)
    {
        var start = new byte[(int)Math.Min(SniffedBytes, file.Length)];
        file.Read(0, start);
        if (start.AsSpan().StartsWith("PK\x03\x04"u8) || start.AsSpan().StartsWith("PK\x05\x06"u8))
        {
            return TorchZipFile.Load(file, path, Limits);
        }

        return TorchLegacyFile.Recognizes(start)
            ? TorchLegacyFile.Load(file, path, Limits)
            : throw new QuantException(DiagnosticCodes.CheckpointFormatUnsupported, $"this is not a PyTorch checkpoint: {Guess(start)}", new SourceLocation(path));
    }

    private static string Guess(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("version https://git-lfs"u8))
        {
            return "it is a Git LFS pointer; fetch the file itself with 'git lfs pull'";
        }

        if (start.TrimStart(" \r\n\t"u8).StartsWith("<"u8))
        {
            return "it is a web page, so the download failed; download the file again";
        }

        return start[0] == (byte)PickleOpcode.Proto
            ? "it is a plain pickle; save the weights with torch.save({'state_dict': model.state_dict()}, path)"
            : $"it begins with '{Printable(start)}' and not with a zip archive; name the .pth file that the training wrote";
    }

    private static string Printable(ReadOnlySpan<byte> start) =>
        string.Concat(Encoding.Latin1.GetString(start[..Math.Min(8, start.Length)]).Select(character => char.IsAsciiLetterOrDigit(character) ? character : '.'));

    private static MappedFile Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw NotReadable(path, "is a directory; name the .pth file in it");
        }

        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (stream.Length > 0)
            {
                return new MappedFile(stream);
            }
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw NotReadable(path, "does not exist; check checkpoint_path", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            stream?.Dispose();
            throw NotReadable(path, $"cannot be read ({exception.Message}); check its permissions", exception);
        }

        stream.Dispose();
        throw new QuantException(DiagnosticCodes.CheckpointDamaged, "the checkpoint is empty; copy or save it again", new SourceLocation(path));
    }

    private static QuantException NotReadable(string path, string problem, Exception? inner = null) =>
        new(DiagnosticCodes.CheckpointNotReadable, $"the checkpoint '{path}' {problem}", new SourceLocation(path), inner);
}
