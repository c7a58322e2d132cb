using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Testing;

/// <summary>Reads numpy's .npz and .npy files: little-endian numbers, C order.</summary>
public sealed partial class NpzFile
{
    private readonly Dictionary<string, (string Type, long[] Shape, byte[] Data)> arrays = [];

    private NpzFile()
    {
    }

    /// <summary>The arrays' names.</summary>
    public IEnumerable<string> Names => arrays.Keys;

    /// <summary>Reads a .npz archive.</summary>
    public static NpzFile Read(string path)
    {
        var file = new NpzFile();
        using var archive = ZipFile.OpenRead(path);
        foreach (var entry in archive.Entries)
        {
            using var stream = entry.Open();
            file.arrays[Path.GetFileNameWithoutExtension(entry.Name)] = ReadArray(stream);
        }

        return file;
    }

    /// <summary>Reads one .npy file under the name "array".</summary>
    public static NpzFile ReadNpy(string path)
    {
        using var stream = File.OpenRead(path);
        return new NpzFile { arrays = { ["array"] = ReadArray(stream) } };
    }

    /// <summary>An array's shape.</summary>
    public long[] Shape(string name) => arrays[name].Shape;

    /// <summary>An array's values as double.</summary>
    public double[] Doubles(string name)
    {
        var (type, _, data) = arrays[name];
        return type switch
        {
            "<f4" => [.. MemoryMarshal.Cast<byte, float>(data).ToArray().Select(value => (double)value)],
            "<f8" => MemoryMarshal.Cast<byte, double>(data).ToArray(),
            "<i4" => [.. MemoryMarshal.Cast<byte, int>(data).ToArray().Select(value => (double)value)],
            "<i8" => [.. MemoryMarshal.Cast<byte, long>(data).ToArray().Select(value => (double)value)],
            _ => throw new NotSupportedException($"numpy type {type}"),
        };
    }

    /// <summary>An array's values as float.</summary>
    public float[] Floats(string name) => [.. Doubles(name).Select(value => (float)value)];

    private static (string, long[], byte[]) ReadArray(Stream stream)
    {
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        var bytes = memory.ToArray();
        var wide = bytes[6] > 1;
        var length = wide ? BitConverter.ToInt32(bytes, 8) : BitConverter.ToUInt16(bytes, 8);
        var start = wide ? 12 : 10;
        var header = Encoding.ASCII.GetString(bytes, start, length);
        var type = TypePattern().Match(header).Groups[1].Value;
        var shape = ShapePattern().Match(header).Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(long.Parse).ToArray();
        return (type, shape, bytes[(start + length)..]);
    }

    [GeneratedRegex("'descr': '([^']+)'")]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"'shape': \(([^)]*)\)")]
    private static partial Regex ShapePattern();
}
