using System.IO.Compression;
using Quant.Core.Diagnostics;

namespace Quant.Core.Checkpoints;

/// <summary>A deflated record, as someone who zipped a checkpoint again leaves it. Inflated when read, and at most to the size announced.</summary>
internal sealed class InflatedBytes : IByteSource
{
    /// <summary>Numbers rarely compress below a tenth; more than a hundredth is a bomb.</summary>
    private const long MaxRatio = 100;
    private const long FreeBytes = 1 << 20;

    private readonly IByteSource file;
    private readonly ZipEntry entry;
    private readonly string path;
    private WeakReference<byte[]>? inflated;

    public InflatedBytes(IByteSource file, ZipEntry entry, string path)
    {
        if (entry.Size > Array.MaxLength || entry.Size > FreeBytes + (MaxRatio * entry.CompressedSize))
        {
            throw new QuantException(
                DiagnosticCodes.PickleLimitExceeded,
                $"record '{entry.Name}' inflates from {entry.CompressedSize} to {entry.Size} bytes, more than {MaxRatio} times; save the checkpoint again with torch.save, which stores without compression",
                new SourceLocation(path));
        }

        this.file = file;
        this.entry = entry;
        this.path = path;
    }

    public long Length => entry.Size;

    public void Read(long offset, Span<byte> destination)
    {
        // Weak: a tensor is read once or twice, and all records together may be large.
        if (inflated is null || !inflated.TryGetTarget(out var bytes))
        {
            bytes = Inflate();
            inflated = new WeakReference<byte[]>(bytes);
        }

        bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
    }

    private byte[] Inflate()
    {
        var compressed = new byte[entry.CompressedSize];
        file.Read(entry.DataOffset, compressed);
        using var deflate = new DeflateStream(new MemoryStream(compressed), CompressionMode.Decompress);
        var bytes = new byte[entry.Size];
        try
        {
            deflate.ReadExactly(bytes);
            if (deflate.ReadByte() >= 0)
            {
                throw Damaged("is longer than announced");
            }
        }
        catch (EndOfStreamException)
        {
            throw Damaged("is shorter than announced");
        }
        catch (InvalidDataException)
        {
            throw Damaged("cannot be inflated");
        }

        return bytes;
    }

    private QuantException Damaged(string problem) => new(
        DiagnosticCodes.CheckpointDamaged,
        $"record '{entry.Name}' {problem}; copy or save the checkpoint again",
        new SourceLocation(path));
}
