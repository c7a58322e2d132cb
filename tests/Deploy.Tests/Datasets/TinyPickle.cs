using System.Buffers.Binary;
using System.Collections;
using System.Runtime.InteropServices;
using System.Text;

namespace Deploy.Tests.Datasets;

/// <summary>Writes dictionaries, lists, numbers, texts and numpy arrays as Python's pickle does (protocol 3).</summary>
internal static class TinyPickle
{
    public static byte[] Write(object? value)
    {
        var bytes = new List<byte> { 0x80, 3 };
        Put(bytes, value);
        bytes.Add((byte)'.');
        return [.. bytes];
    }

    private static void Put(List<byte> to, object? value)
    {
        switch (value)
        {
            case null:
                to.Add((byte)'N');
                break;
            case bool flag:
                to.Add((byte)(flag ? 0x88 : 0x89));
                break;
            case int number:
                to.Add((byte)'J');
                Number(to, 4, span => BinaryPrimitives.WriteInt32LittleEndian(span, number));
                break;
            case long number:
                to.AddRange([0x8A, 8]);
                Number(to, 8, span => BinaryPrimitives.WriteInt64LittleEndian(span, number));
                break;
            case double number:
                to.Add((byte)'G');
                Number(to, 8, span => BinaryPrimitives.WriteDoubleBigEndian(span, number));
                break;
            case string text:
                to.Add((byte)'X');
                Sized(to, Encoding.UTF8.GetBytes(text));
                break;
            case byte[] data:
                to.Add((byte)'B');
                Sized(to, data);
                break;
            case double[,] array:
                Numpy(to, [array.GetLength(0), array.GetLength(1)], "f8", 8, MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref array[0, 0], array.Length)).ToArray());
                break;
            case string[] names:
                var width = names.Max(name => name.Length);
                Numpy(to, [names.Length], $"U{width}", 4 * width, [.. names.SelectMany(name => Encoding.UTF32.GetBytes(name.PadRight(width, '\0')))]);
                break;
            case IDictionary dict:
                to.AddRange("}("u8);
                foreach (DictionaryEntry entry in dict)
                {
                    Put(to, entry.Key);
                    Put(to, entry.Value);
                }

                to.Add((byte)'u');
                break;
            case IEnumerable list:
                to.AddRange("]("u8);
                foreach (var item in list)
                {
                    Put(to, item);
                }

                to.Add((byte)'e');
                break;
            default:
                throw new NotSupportedException(value.GetType().Name);
        }
    }

    private static void Numpy(List<byte> to, int[] shape, string type, int itemSize, byte[] data)
    {
        to.AddRange("cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n(K\0tC\u0001b"u8);
        to.AddRange([0x87, (byte)'R']);
        to.AddRange("(K\u0001("u8);
        foreach (var size in shape)
        {
            Put(to, size);
        }

        to.AddRange("tcnumpy\ndtype\n"u8);
        Put(to, type);
        to.AddRange([0x89, 0x88, 0x87, (byte)'R']);
        to.AddRange("(K\u0003"u8);
        Put(to, "<");
        to.AddRange("NNN"u8);
        Put(to, type[0] == 'U' ? itemSize : -1);
        Put(to, type[0] == 'U' ? 4 : -1);
        to.AddRange("K\0tb"u8);
        to.Add(0x89);
        Put(to, data);
        to.AddRange("tb"u8);
    }

    private static void Sized(List<byte> to, byte[] data)
    {
        Number(to, 4, span => BinaryPrimitives.WriteInt32LittleEndian(span, data.Length));
        to.AddRange(data);
    }

    private static void Number(List<byte> to, int size, Action<byte[]> write)
    {
        var bytes = new byte[size];
        write(bytes);
        to.AddRange(bytes);
    }
}
