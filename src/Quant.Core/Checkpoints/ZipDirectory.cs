using System.Buffers.Binary;
using System.Text;
using Quant.Core.Diagnostics;

namespace Quant.Core.Checkpoints;

/// <summary>
/// The central directory of a zip file (PKWARE APPNOTE 6.3), with ZIP64. Parsed here and not by System.IO.Compression because a
/// memory map needs the offsets, and because every number is checked before it is believed.
/// </summary>
internal sealed class ZipDirectory
{
    private const uint LocalSignature = 0x04034B50;
    private const uint CentralSignature = 0x02014B50;
    private const uint End64Signature = 0x06064B50;
    private const uint Locator64Signature = 0x07064B50;
    private const int LocalSize = 30;
    private const int CentralSize = 46;
    private const int EndSize = 22;
    private const int End64Size = 56;
    private const int Locator64Size = 20;
    private const int MaxComment = ushort.MaxValue;
    private const ushort EncryptedFlag = 1;

    private readonly IByteSource file;
    private readonly string path;

    private static ReadOnlySpan<byte> EndSignature => "PK\x05\x06"u8;

    private ZipDirectory(IByteSource file, string path)
    {
        this.file = file;
        this.path = path;
    }

    /// <summary>All records in the order of the directory.</summary>
    /// <exception cref="QuantException">QNT0202: damaged or inconsistent. QNT0203: encrypted or an unknown compression.</exception>
    public static IReadOnlyList<ZipEntry> Read(IByteSource file, string path) => new ZipDirectory(file, path).Entries();

    private List<ZipEntry> Entries()
    {
        var (start, size, count) = FindDirectory();
        if (size > Array.MaxLength || count > size / CentralSize)
        {
            throw Damaged($"a directory of {size} bytes cannot hold {count} records");
        }

        var directory = Read(start, (int)size);
        var entries = new List<ZipEntry>((int)count);
        var extents = new List<(long Start, long End)>((int)count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var position = 0;
        for (var index = 0L; index < count; index++)
        {
            var (entry, header) = Entry(directory, ref position, start);
            if (!names.Add(entry.Name))
            {
                throw Damaged($"record '{entry.Name}' occurs twice");
            }

            entries.Add(entry);
            extents.Add((header, entry.DataOffset + entry.CompressedSize));
        }

        extents.Sort();
        for (var index = 1; index < extents.Count; index++)
        {
            if (extents[index].Start < extents[index - 1].End)
            {
                throw Damaged($"two records overlap at byte {extents[index].Start}");
            }
        }

        return entries;
    }

    private (long Start, long Size, long Count) FindDirectory()
    {
        var tailLength = (int)Math.Min(file.Length, EndSize + MaxComment);
        var tail = Read(file.Length - tailLength, tailLength);
        for (var index = tail.AsSpan().LastIndexOf(EndSignature); index >= 0; index = tail.AsSpan(0, index).LastIndexOf(EndSignature))
        {
            // A comment may hold the signature too: the true one is followed by a comment that ends the file.
            var end = tail.AsSpan(index);
            if (end.Length >= EndSize && UInt16(end, 20) == end.Length - EndSize)
            {
                return Directory(end, file.Length - tailLength + index);
            }
        }

        throw Damaged("the end of the archive is missing, so the file was probably cut off");
    }

    private (long Start, long Size, long Count) Directory(ReadOnlySpan<byte> end, long endOffset)
    {
        long count = UInt16(end, 10);
        long size = UInt32(end, 12);
        long start = UInt32(end, 16);
        var limit = endOffset;
        if (UInt16(end, 4) != UInt16(end, 6) || (UInt16(end, 4) is not (0 or ushort.MaxValue)))
        {
            throw Damaged("it spans several disks");
        }

        if (count == ushort.MaxValue || size == uint.MaxValue || start == uint.MaxValue)
        {
            var locator = endOffset >= Locator64Size ? Read(endOffset - Locator64Size, Locator64Size) : [];
            if (locator.Length > 0 && UInt32(locator, 0) == Locator64Signature)
            {
                limit = Int64(locator, 8);
                if (limit > endOffset - Locator64Size - End64Size)
                {
                    throw Damaged("its ZIP64 end record lies outside the file");
                }

                var end64 = Read(limit, End64Size);
                if (UInt32(end64, 0) != End64Signature)
                {
                    throw Damaged("its ZIP64 end record is missing");
                }

                (count, size, start) = (Int64(end64, 32), Int64(end64, 40), Int64(end64, 48));
            }
        }

        return size > limit || start > limit - size
            ? throw Damaged($"its directory of {size} bytes at {start} lies outside the file")
            : (start, size, count);
    }

    private (ZipEntry Entry, long Header) Entry(byte[] directory, ref int position, long directoryStart)
    {
        if (directory.Length - position < CentralSize || UInt32(directory.AsSpan(position), 0) != CentralSignature)
        {
            throw Damaged("its directory ends early");
        }

        var fixedPart = directory.AsSpan(position, CentralSize);
        int nameLength = UInt16(fixedPart, 28);
        int extraLength = UInt16(fixedPart, 30);
        var total = CentralSize + nameLength + extraLength + UInt16(fixedPart, 32);
        if (total > directory.Length - position)
        {
            throw Damaged("its directory ends early");
        }

        var nameBytes = directory.AsSpan(position + CentralSize, nameLength);
        var name = Encoding.UTF8.GetString(nameBytes);
        var extra = directory.AsSpan(position + CentralSize + nameLength, extraLength);
        position += total;

        var (size, compressed, header) = Sizes(fixedPart, extra, name);
        var method = UInt16(fixedPart, 10);
        if ((UInt16(fixedPart, 8) & EncryptedFlag) != 0)
        {
            throw Unsupported($"record '{name}' is encrypted; save the checkpoint again without a password");
        }

        if (method is not (0 or 8))
        {
            throw Unsupported($"record '{name}' has compression method {method}; save the checkpoint again with torch.save, which stores without compression");
        }

        if (method == 0 && size != compressed)
        {
            throw Damaged($"record '{name}' is stored but has two sizes, {size} and {compressed}");
        }

        if (header > directoryStart - LocalSize)
        {
            throw Damaged($"record '{name}' lies outside the file");
        }

        var local = Read(header, LocalSize);
        var data = header + LocalSize + UInt16(local, 26) + UInt16(local, 28);
        if (UInt32(local, 0) != LocalSignature || UInt16(local, 26) != nameLength || data > directoryStart || compressed > directoryStart - data)
        {
            throw Damaged($"record '{name}' lies outside the file or has no header");
        }

        return Read(header + LocalSize, nameLength).AsSpan().SequenceEqual(nameBytes)
            ? (new ZipEntry(name, data, compressed, size, UInt32(fixedPart, 16), method == 8), header)
            : throw Damaged($"record '{name}' has another name in its own header");
    }

    /// <summary>32-bit fields, each replaced by the next 64-bit value of extra field 1 when it is all ones.</summary>
    private (long Size, long Compressed, long Header) Sizes(ReadOnlySpan<byte> fixedPart, ReadOnlySpan<byte> extra, string name)
    {
        ReadOnlySpan<uint> narrow = [UInt32(fixedPart, 24), UInt32(fixedPart, 20), UInt32(fixedPart, 42)];
        Span<long> wide = [narrow[0], narrow[1], narrow[2]];
        var zip64 = FindExtra(extra, 1);
        for (var field = 0; field < wide.Length; field++)
        {
            if (narrow[field] != uint.MaxValue)
            {
                continue;
            }

            if (zip64.Length < sizeof(long))
            {
                throw Damaged($"record '{name}' lacks its ZIP64 sizes");
            }

            wide[field] = Int64(zip64, 0);
            zip64 = zip64[sizeof(long)..];
        }

        return (wide[0], wide[1], wide[2]);
    }

    private static ReadOnlySpan<byte> FindExtra(ReadOnlySpan<byte> extra, ushort wanted)
    {
        while (extra.Length >= 4)
        {
            int length = UInt16(extra, 2);
            if (length > extra.Length - 4)
            {
                break;
            }

            if (UInt16(extra, 0) == wanted)
            {
                return extra.Slice(4, length);
            }

            extra = extra[(4 + length)..];
        }

        return [];
    }

    private byte[] Read(long offset, int length)
    {
        var bytes = new byte[length];
        file.Read(offset, bytes);
        return bytes;
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private long Int64(ReadOnlySpan<byte> bytes, int offset)
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(bytes[offset..]);
        return value >= 0 ? value : throw Damaged("it holds a size above 2^63");
    }

    private QuantException Damaged(string problem) => new(
        DiagnosticCodes.CheckpointDamaged,
        $"the zip archive is damaged: {problem}; copy or save the checkpoint again",
        new SourceLocation(path));

    private QuantException Unsupported(string problem) => new(DiagnosticCodes.CheckpointFormatUnsupported, problem, new SourceLocation(path));
}
