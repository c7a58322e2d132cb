using System.Buffers.Binary;
using System.Text;

namespace Quant.Core.Native;

/// <summary>
/// Marks a symbol-version requirement of a 64-bit little-endian ELF library weak, so that the loader no longer insists on it.
/// TorchSharp's library asks for GLIBCXX_3.4.32 only because of a link-time marker that nothing calls
/// (<c>std::ios_base_library_init</c>); Ubuntu 22.04 and Debian 12 have libstdc++ up to 3.4.30. Layout: System V ABI,
/// "GNU symbol versioning" (.gnu.version_r: Elf64_Verneed, Elf64_Vernaux).
/// </summary>
public static class WeakVersionReference
{
    private const uint SectionVersionNeeds = 0x6ffffffe;
    private const ushort FlagWeak = 2;

    /// <summary>Sets the weak flag on every reference to <paramref name="version"/> in place.</summary>
    /// <param name="elf">The whole file.</param>
    /// <param name="version">Such as <c>GLIBCXX_3.4.32</c>.</param>
    /// <returns>How many references were changed: 0 when the library does not ask for it or is already weak.</returns>
    /// <exception cref="InvalidDataException">Not a 64-bit little-endian ELF file, or its tables are damaged.</exception>
    public static int Mark(Span<byte> elf, string version)
    {
        if (elf.Length < 64 || !elf[..4].SequenceEqual("\u007fELF"u8) || elf[4] != 2 || elf[5] != 1)
        {
            throw new InvalidDataException("not a 64-bit little-endian ELF library");
        }

        try
        {
            return MarkSections(elf, Encoding.ASCII.GetBytes(version));
        }
        catch (Exception error) when (error is ArgumentOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException("the library's section tables are damaged", error);
        }
    }

    private static int MarkSections(Span<byte> elf, ReadOnlySpan<byte> version)
    {
        var table = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(elf[0x28..]));
        var entrySize = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3a..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3c..]);
        var changed = 0;
        for (var index = 0; index < count; index++)
        {
            var section = elf[(table + (index * entrySize))..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(section[4..]) != SectionVersionNeeds)
            {
                continue;
            }

            var offset = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(section[0x18..]));
            var needs = BinaryPrimitives.ReadUInt32LittleEndian(section[0x2c..]);
            var link = checked((int)BinaryPrimitives.ReadUInt32LittleEndian(section[0x28..]));
            var strings = elf[(table + (link * entrySize))..];
            var names = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(strings[0x18..]));
            changed += MarkNeeds(elf, offset, needs, names, version);
        }

        return changed;
    }

    private static int MarkNeeds(Span<byte> elf, int need, uint needs, int names, ReadOnlySpan<byte> version)
    {
        var changed = 0;
        for (; needs > 0; needs--)
        {
            var auxiliaries = BinaryPrimitives.ReadUInt16LittleEndian(elf[(need + 2)..]);
            var auxiliary = need + checked((int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(need + 8)..]));
            for (; auxiliaries > 0; auxiliaries--)
            {
                var flags = elf.Slice(auxiliary + 4, 2);
                var name = names + checked((int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(auxiliary + 8)..]));
                var value = BinaryPrimitives.ReadUInt16LittleEndian(flags);
                if ((value & FlagWeak) == 0 && elf.Slice(name, version.Length).SequenceEqual(version) && elf[name + version.Length] == 0)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(value | FlagWeak));
                    changed++;
                }

                auxiliary += checked((int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(auxiliary + 12)..]));
            }

            need += checked((int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(need + 12)..]));
        }

        return changed;
    }
}
