namespace Quant.Core.Checkpoints;

/// <summary>A part of another source.</summary>
internal sealed class ByteSlice : IByteSource
{
    private readonly IByteSource source;
    private readonly long start;

    public ByteSlice(IByteSource source, long start, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, source.Length - start);
        this.source = source;
        this.start = start;
        Length = length;
    }

    public long Length { get; }

    public void Read(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, Length - offset);
        source.Read(start + offset, destination);
    }
}
