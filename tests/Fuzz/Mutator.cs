using System.Buffers.Binary;

namespace Fuzz;

/// <summary>Changes an input in one to four places: bytes, lengths, words of the grammar, pieces of the same or another input.</summary>
public static class Mutator
{
    private const int MaxLength = 1 << 16;

    private static readonly long[] Lengths = [0, 1, -1, 127, 128, 255, 256, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 1L << 40];

    /// <summary>A new input from one of the target's seeds.</summary>
    public static byte[] Next(FuzzTarget target, Random random)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(random);
        List<byte> bytes = [.. target.Seeds[random.Next(target.Seeds.Count)]];
        for (var change = random.Next(1, 5); change > 0; change--)
        {
            Change(bytes, target, random);
        }

        return [.. bytes];
    }

    private static void Change(List<byte> bytes, FuzzTarget target, Random random)
    {
        var place = random.Next(bytes.Count + 1);
        var length = Math.Min(random.Next(1, 33), bytes.Count - place);
        switch (random.Next(9))
        {
            case 0 when length > 0: bytes[place] = (byte)random.Next(256); break;
            case 1 when length > 0: bytes[place] ^= (byte)(1 << random.Next(8)); break;
            case 2: bytes.RemoveRange(place, length); break;
            case 3 when bytes.Count < MaxLength: bytes.InsertRange(place, bytes.GetRange(place, length)); break;
            case 4: Overwrite(bytes, place, Length(random)); break;
            case 5: bytes.InsertRange(place, Token(target, random)); break;
            case 6: Overwrite(bytes, place, Token(target, random)); break;
            case 7 when random.Next(4) == 0: bytes.RemoveRange(place, bytes.Count - place); break;
            case 8 when bytes.Count < MaxLength:
                var other = target.Seeds[random.Next(target.Seeds.Count)];
                var from = random.Next(other.Length);
                bytes.InsertRange(place, other.AsSpan(from, Math.Min(random.Next(1, 257), other.Length - from)).ToArray());
                break;
            default: bytes.Insert(place, (byte)random.Next(256)); break;
        }
    }

    private static byte[] Token(FuzzTarget target, Random random) => target.Tokens[random.Next(target.Tokens.Count)];

    private static byte[] Length(Random random)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Lengths[random.Next(Lengths.Length)]);
        return bytes[..(1 << random.Next(4))];
    }

    private static void Overwrite(List<byte> bytes, int place, byte[] with)
    {
        bytes.RemoveRange(place, Math.Min(with.Length, bytes.Count - place));
        bytes.InsertRange(place, with);
    }
}
