namespace Quant.Core.Checkpoints;

/// <summary>A seekable stream from its current position on. Not safe for several threads.</summary>
internal sealed class StreamBytes(Stream stream) : IByteSource
{
    private readonly long start = stream.Position;

    public long Length { get; } = Math.Max(0, stream.Length - stream.Position);

    public void Read(long offset, Span<byte> destination)
    {
        stream.Position = start + offset;
        stream.ReadExactly(destination);
    }
}
