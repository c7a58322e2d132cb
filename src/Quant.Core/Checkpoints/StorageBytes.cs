using Quant.Core.Diagnostics;

namespace Quant.Core.Checkpoints;

/// <summary>The bytes of one storage record, checked against the record's CRC when they are first read.</summary>
internal sealed class StorageBytes(string file, string name, long length) : IByteSource
{
    private const int ChunkBytes = 1 << 20;

    private volatile bool verified;

    public long Length { get; } = length;

    /// <summary>Where the bytes are. An old-format file tells only after its pickle.</summary>
    public IByteSource? Source { get; set; }

    /// <summary>Null when the file has none; torch writes 0 when told not to compute it.</summary>
    public uint? Crc { get; init; }

    public string File { get; } = file;

    public void Read(long offset, Span<byte> destination)
    {
        var source = Source ?? throw new InvalidOperationException($"storage {name} has no bytes yet");
        if (!verified)
        {
            Verify(source);
            verified = true;
        }

        source.Read(offset, destination);
    }

    private void Verify(IByteSource source)
    {
        if (Crc is not { } expected || expected == 0)
        {
            return;
        }

        var buffer = new byte[(int)Math.Min(ChunkBytes, Length)];
        var crc = 0u;
        for (var offset = 0L; offset < Length; offset += buffer.Length)
        {
            var chunk = buffer.AsSpan(0, (int)Math.Min(buffer.Length, Length - offset));
            source.Read(offset, chunk);
            crc = Crc32.Append(crc, chunk);
        }

        if (crc != expected)
        {
            throw new QuantException(
                DiagnosticCodes.CheckpointDamaged,
                $"record '{name}' is damaged: its CRC is {crc:x8} and should be {expected:x8}; copy or save the checkpoint again",
                new SourceLocation(File));
        }
    }
}
