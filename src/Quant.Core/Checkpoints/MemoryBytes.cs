namespace Quant.Core.Checkpoints;

/// <summary>Bytes in memory.</summary>
internal sealed class MemoryBytes(ReadOnlyMemory<byte> memory) : IByteSource
{
    public long Length => memory.Length;

    public void Read(long offset, Span<byte> destination) =>
        memory.Span.Slice(checked((int)offset), destination.Length).CopyTo(destination);
}
