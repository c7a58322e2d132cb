using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Text;

namespace Quant.Core.Tests.Checkpoints;

/// <summary>Zip archives written by hand, sound or broken.</summary>
[SuppressMessage("Design", "CA1001", Justification = "memory streams hold nothing to release")]
internal sealed class ZipBytes
{
    private readonly MemoryStream file = new();
    private readonly MemoryStream directory = new();
    private int count;

    /// <summary>All sizes and offsets in ZIP64 fields, and a ZIP64 end record.</summary>
    public bool Zip64 { get; init; }

    /// <summary>A torch archive of a pickle and its storages.</summary>
    public static byte[] Torch(byte[] pickle, params (string Key, byte[] Bytes)[] storages)
    {
        var zip = new ZipBytes().Add("root/data.pkl", pickle);
        foreach (var (key, bytes) in storages)
        {
            zip.Add($"root/data/{key}", bytes);
        }

        return zip.Finish();
    }

    public ZipBytes Add(string name, byte[] content, bool deflate = false, uint? announcedSize = null, ushort flags = 0, ushort? method = null, string? localName = null, uint? offset = null, uint? crc = null)
    {
        var stored = deflate ? Deflate(content) : content;
        var size = announcedSize ?? (uint)content.Length;
        var compressed = deflate || announcedSize is null ? (uint)stored.Length : announcedSize.Value;
        var start = offset ?? (uint)file.Position;
        var nameBytes = Encoding.UTF8.GetBytes(name);
        var localBytes = Encoding.UTF8.GetBytes(localName ?? name);
        var kind = method ?? (ushort)(deflate ? 8 : 0);
        var sum = crc ?? Crc(content);
        Write(file, 0x04034B50u, (ushort)20, flags, kind, 0u, sum, compressed, size, (ushort)localBytes.Length, (ushort)0);
        file.Write(localBytes);
        file.Write(stored);
        var extra = new MemoryStream();
        if (Zip64)
        {
            Write(extra, (ushort)0x7777, (ushort)2, (ushort)0, (ushort)1, (ushort)24, (ulong)size, (ulong)compressed, (ulong)start);
            (size, compressed, start) = (uint.MaxValue, uint.MaxValue, uint.MaxValue);
        }

        Write(directory, 0x02014B50u, (ushort)20, (ushort)20, flags, kind, 0u, sum, compressed, size, (ushort)nameBytes.Length, (ushort)extra.Length, (ushort)0, (ushort)0, (ushort)0, 0u, start);
        directory.Write(nameBytes);
        directory.Write(extra.ToArray());
        count++;
        return this;
    }

    public byte[] Finish(string comment = "", long directoryShift = 0, int? announcedCount = null)
    {
        var start = file.Position;
        file.Write(directory.ToArray());
        var size = (uint)directory.Length;
        var announced = announcedCount ?? count;
        if (Zip64)
        {
            var end = (ulong)file.Position;
            Write(file, 0x06064B50u, 44ul, (ushort)45, (ushort)45, 0u, 0u, (ulong)announced, (ulong)announced, (ulong)size, (ulong)(start + directoryShift));
            Write(file, 0x07064B50u, 0u, end, 1u);
            Write(file, 0x06054B50u, (ushort)0, (ushort)0, ushort.MaxValue, ushort.MaxValue, uint.MaxValue, uint.MaxValue, (ushort)comment.Length);
        }
        else
        {
            Write(file, 0x06054B50u, (ushort)0, (ushort)0, (ushort)announced, (ushort)announced, size, (uint)(start + directoryShift), (ushort)comment.Length);
        }

        file.Write(Encoding.ASCII.GetBytes(comment));
        return file.ToArray();
    }

    /// <summary>CRC-32 bit by bit, on purpose not the tables under test.</summary>
    public static uint Crc(ReadOnlySpan<byte> content)
    {
        var crc = uint.MaxValue;
        foreach (var item in content)
        {
            crc ^= item;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
            }
        }

        return ~crc;
    }

    private static byte[] Deflate(byte[] content)
    {
        using var output = new MemoryStream();
        using (var deflate = new DeflateStream(output, CompressionLevel.Optimal))
        {
            deflate.Write(content);
        }

        return output.ToArray();
    }

    private static void Write(Stream stream, params object[] values)
    {
        Span<byte> bytes = stackalloc byte[8];
        foreach (var value in values)
        {
            var length = value switch { ushort => 2, uint => 4, _ => 8 };
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, Convert.ToUInt64(value, System.Globalization.CultureInfo.InvariantCulture));
            stream.Write(bytes[..length]);
        }
    }
}
