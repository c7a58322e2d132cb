namespace Quant.Core.Checkpoints;

/// <summary>Bytes that can be read at any place, without being in memory.</summary>
internal interface IByteSource
{
    /// <summary>Bytes in all.</summary>
    long Length { get; }

    /// <summary>Fills the destination; the range must lie inside the source.</summary>
    void Read(long offset, Span<byte> destination);
}
