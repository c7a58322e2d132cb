using System.Buffers.Binary;

namespace Quant.Core.Checkpoints;

/// <summary>Reads a source from front to back through a small buffer. Lengths are checked before memory is taken.</summary>
internal sealed class ByteCursor
{
    private const int BufferBytes = 1 << 16;

    private readonly IByteSource source;
    private readonly byte[] buffer;
    private long bufferStart;
    private int bufferLength;
    private int bufferIndex;

    public ByteCursor(IByteSource source, PickleErrors errors)
    {
        this.source = source;
        Errors = errors;
        buffer = new byte[(int)Math.Min(BufferBytes, source.Length)];
    }

    public PickleErrors Errors { get; }

    public long Length => source.Length;

    public long Position => bufferStart + bufferIndex;

    public long Remaining => Length - Position;

    public byte ReadByte()
    {
        if (bufferIndex == bufferLength)
        {
            Fill();
        }

        return buffer[bufferIndex++];
    }

    public ushort ReadUInt16()
    {
        Span<byte> bytes = stackalloc byte[2];
        Read(bytes);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    public int ReadInt32()
    {
        Span<byte> bytes = stackalloc byte[4];
        Read(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    public ulong ReadUInt64()
    {
        Span<byte> bytes = stackalloc byte[8];
        Read(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    public double ReadDoubleBigEndian()
    {
        Span<byte> bytes = stackalloc byte[8];
        Read(bytes);
        return BinaryPrimitives.ReadDoubleBigEndian(bytes);
    }

    /// <summary>New memory of a length that came from the file.</summary>
    public byte[] ReadBytes(ulong count)
    {
        if (count > (ulong)Remaining)
        {
            throw Errors.Invalid($"a value of {count} bytes is longer than the {Remaining} bytes left", Position);
        }

        if (count > (ulong)Array.MaxLength)
        {
            throw Errors.TooLarge($"holds one value of {count} bytes");
        }

        var bytes = new byte[count];
        Read(bytes);
        return bytes;
    }

    /// <summary>Bytes up to a line feed, which is taken but not returned.</summary>
    public byte[] ReadLine(int limit)
    {
        var line = new List<byte>();
        for (var item = ReadByte(); item != (byte)'\n'; item = ReadByte())
        {
            if (line.Count == limit)
            {
                throw Errors.Invalid($"a line is longer than {limit} bytes", Position);
            }

            line.Add(item);
        }

        return [.. line];
    }

    public void Skip(long count)
    {
        if (count < 0 || count > Remaining)
        {
            throw Errors.Truncated(Position);
        }

        bufferStart = Position + count;
        bufferIndex = bufferLength = 0;
    }

    private void Read(Span<byte> destination)
    {
        if (destination.Length > Remaining)
        {
            throw Errors.Truncated(Position);
        }

        var buffered = Math.Min(destination.Length, bufferLength - bufferIndex);
        buffer.AsSpan(bufferIndex, buffered).CopyTo(destination);
        bufferIndex += buffered;
        if (buffered < destination.Length)
        {
            var rest = destination[buffered..];
            source.Read(Position, rest);
            Skip(rest.Length);
        }
    }

    private void Fill()
    {
        bufferStart = Position;
        bufferIndex = 0;
        bufferLength = (int)Math.Min(buffer.Length, Length - bufferStart);
        if (bufferLength == 0)
        {
            throw Errors.Truncated(bufferStart);
        }

        source.Read(bufferStart, buffer.AsSpan(0, bufferLength));
    }
}
