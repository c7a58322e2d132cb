using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Quant.Core.Diagnostics;

namespace Deploy.Datasets.Points;

/// <summary>Reads <c>.bin</c> and <c>.pcd.bin</c>: little-endian float32 rows without a header.</summary>
internal static class PointFile
{
    private const int ProbedRows = 1000;

    /// <exception cref="QuantException">QNT0807: not there. QNT0808: the length is no whole number of rows.</exception>
    public static RawPoints Read(string path, int columns)
    {
        float[] values;
        int spare;
        try
        {
            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            var length = RandomAccess.GetLength(file);
            if (length > int.MaxValue)
            {
                throw new QuantException(DiagnosticCodes.PointFileInvalid, $"{length} bytes are too many for one frame", new SourceLocation(path));
            }

            values = new float[length / sizeof(float)];
            spare = (int)(length % (sizeof(float) * columns));
            Fill(file, MemoryMarshal.AsBytes(values.AsSpan()), path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new QuantException(DiagnosticCodes.PointFileMissing, $"the points cannot be read: {failure.Message}", new SourceLocation(path), failure);
        }

        if (!BitConverter.IsLittleEndian)
        {
            var words = MemoryMarshal.Cast<float, int>(values.AsSpan());
            BinaryPrimitives.ReverseEndianness(words, words);
        }

        return spare == 0 ? new(values, columns) : throw WrongLength(path, values, columns);
    }

    private static void Fill(Microsoft.Win32.SafeHandles.SafeFileHandle file, Span<byte> bytes, string path)
    {
        for (var done = 0; done < bytes.Length;)
        {
            var read = RandomAccess.Read(file, bytes[done..], done);
            if (read == 0)
            {
                throw new IOException($"{path} became shorter while it was read");
            }

            done += read;
        }
    }

    private static QuantException WrongLength(string path, float[] values, int columns)
    {
        var length = new FileInfo(path).Length;
        var likely = Enumerable.Range(3, 8)
            .Where(count => length % (count * sizeof(float)) == 0)
            .Select(count => (Count: count, Score: Plausibility(values, count)))
            .OrderByDescending(guess => guess.Score)
            .ThenBy(guess => guess.Count)
            .Select(guess => guess.Count)
            .FirstOrDefault();
        var advice = likely == 0
            ? "no usual number of columns fits: the file is damaged or no raw point file"
            : string.Create(CultureInfo.InvariantCulture, $"it fits {likely} columns: set dataset.point_columns to as many names, or the file is damaged");
        return new(
            DiagnosticCodes.PointFileInvalid,
            string.Create(CultureInfo.InvariantCulture, $"{length} bytes are no whole number of points of {columns} float32 columns; {advice}"),
            new SourceLocation(path));
    }

    /// <summary>The share of rows whose first three values could be a point near a vehicle.</summary>
    private static double Plausibility(float[] values, int columns)
    {
        var rows = Math.Min(values.Length / columns, ProbedRows);
        var good = 0;
        for (var row = 0; row < rows; row++)
        {
            var (x, y, z) = (values[row * columns], values[(row * columns) + 1], values[(row * columns) + 2]);
            good += Math.Abs(x) < 300 && Math.Abs(y) < 300 && Math.Abs(z) < 40 && Math.Abs(x) + Math.Abs(y) > 0.1 ? 1 : 0;
        }

        return rows == 0 ? 0 : (double)good / rows;
    }
}
