using System.Buffers.Binary;
using System.Text;

namespace Quant.Core.Checkpoints;

/// <summary>
/// Writes a zip archive of stored records whose data begin at multiples of 64 bytes, as torch.save does. Dates are 1980-01-01, so
/// that equal contents give equal bytes. ZIP64 fields appear where 32 or 16 bits are too few.
/// </summary>
internal sealed class ZipStoreWriter(Stream output)
{
    private const int Alignment = 64;
    private const int LocalSize = 30;
    private const int CrcOffset = 14;
    private const ushort PaddingField = 0x4246; // "FB", torch's own
    private const ushort Zip64Field = 1;
    private const ushort Utf8Flag = 1 << 11;
    private const ushort FirstDate = (1 << 5) | 1;
    private const ushort Version = 20;
    private const ushort VersionZip64 = 45;

    private readonly List<(byte[] Name, long Offset, long Size, uint Crc)> entries = [];

    public void Add(string name, byte[] content) => Add(name, content.Length, stream => stream.Write(content));

    /// <summary>Adds a record of a known size that is written to the stream given.</summary>
    public void Add(string name, long size, Action<Stream> write)
    {
        var offset = output.Position;
        var nameBytes = Encoding.UTF8.GetBytes(name);
        WriteLocalHeader(nameBytes, offset, size);
        var start = output.Position;
        var counted = new CrcStream(output);
        write(counted);
        if (output.Position - start != size)
        {
            throw new InvalidOperationException($"record '{name}' has {output.Position - start} bytes and announced {size}");
        }

        entries.Add((nameBytes, offset, size, counted.Crc));
        var end = output.Position;
        output.Position = offset + CrcOffset;
        UInt32(counted.Crc);
        output.Position = end;
    }

    /// <summary>Writes the directory; the stream stays open.</summary>
    public void Finish()
    {
        var start = output.Position;
        foreach (var (name, offset, size, crc) in entries)
        {
            WriteDirectoryEntry(name, offset, size, crc);
        }

        var length = output.Position - start;
        if (entries.Count >= ushort.MaxValue || start >= uint.MaxValue || length >= uint.MaxValue)
        {
            WriteEnd64(start, length);
        }

        UInt32(0x06054B50);
        UInt32(0);
        UInt16(Narrow16(entries.Count));
        UInt16(Narrow16(entries.Count));
        UInt32(Narrow(length));
        UInt32(Narrow(start));
        UInt16(0);
    }

    private void WriteLocalHeader(byte[] name, long offset, long size)
    {
        var wide = size >= uint.MaxValue;
        var before = offset + LocalSize + name.Length + (wide ? 20 : 0) + 4;
        var padding = (int)((Alignment - (before % Alignment)) % Alignment);
        UInt32(0x04034B50);
        CommonHeader(wide, 0, size);
        UInt16((ushort)name.Length);
        UInt16((ushort)((wide ? 20 : 0) + 4 + padding));
        output.Write(name);
        if (wide)
        {
            Zip64(size, size);
        }

        UInt16(PaddingField);
        UInt16((ushort)padding);
        output.Write(new byte[padding]);
    }

    private void WriteDirectoryEntry(byte[] name, long offset, long size, uint crc)
    {
        var wideSize = size >= uint.MaxValue;
        var wideOffset = offset >= uint.MaxValue;
        long[] extra = (wideSize, wideOffset) switch
        {
            (true, true) => [size, size, offset],
            (true, false) => [size, size],
            (false, true) => [offset],
            _ => [],
        };
        UInt32(0x02014B50);
        UInt16(extra.Length > 0 ? VersionZip64 : Version);
        CommonHeader(extra.Length > 0, crc, size);
        UInt16((ushort)name.Length);
        UInt16((ushort)(extra.Length > 0 ? 4 + (8 * extra.Length) : 0));
        UInt16(0); // comment
        UInt16(0); // disk
        UInt16(0); // internal attributes
        UInt32(0); // external attributes
        UInt32(Narrow(offset));
        output.Write(name);
        if (extra.Length > 0)
        {
            Zip64(extra);
        }
    }

    private void CommonHeader(bool wide, uint crc, long size)
    {
        UInt16(wide ? VersionZip64 : Version);
        UInt16(Utf8Flag);
        UInt16(0); // stored
        UInt16(0); // time
        UInt16(FirstDate);
        UInt32(crc);
        UInt32(Narrow(size));
        UInt32(Narrow(size));
    }

    private void WriteEnd64(long start, long length)
    {
        var offset = output.Position;
        UInt32(0x06064B50);
        UInt64(44); // bytes of this record after this field
        UInt16(VersionZip64);
        UInt16(VersionZip64);
        UInt32(0);
        UInt32(0);
        UInt64(entries.Count);
        UInt64(entries.Count);
        UInt64(length);
        UInt64(start);
        UInt32(0x07064B50);
        UInt32(0);
        UInt64(offset);
        UInt32(1);
    }

    private void Zip64(params ReadOnlySpan<long> values)
    {
        UInt16(Zip64Field);
        UInt16((ushort)(8 * values.Length));
        foreach (var value in values)
        {
            UInt64(value);
        }
    }

    private static uint Narrow(long value) => value >= uint.MaxValue ? uint.MaxValue : (uint)value;

    private static ushort Narrow16(int value) => value >= ushort.MaxValue ? ushort.MaxValue : (ushort)value;

    private void UInt16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        output.Write(bytes);
    }

    private void UInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        output.Write(bytes);
    }

    private void UInt64(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        output.Write(bytes);
    }
}
