using System.Text.Json;
using Quant.Core.Diagnostics;

namespace Deploy.Datasets.Tables;

/// <summary>Reads a table (a JSON array of objects) row by row; memory holds one row and a buffer, whatever the file's size.</summary>
internal sealed class TableFile
{
    private const int FirstBuffer = 1 << 18;
    private const int LargestRow = 1 << 24;

    private readonly string path;
    private readonly Action<TableRow> visit;
    private long offset;
    private bool begun;

    private TableFile(string path, Action<TableRow> visit) => (this.path, this.visit) = (path, visit);

    /// <summary>Calls <paramref name="visit"/> for each row in file order.</summary>
    /// <exception cref="QuantException">QNT0803: the file cannot be read. QNT0804: it is no JSON array of objects; with line and column.</exception>
    public static void Read(string path, Action<TableRow> visit)
    {
        try
        {
            using var stream = File.OpenRead(path);
            new TableFile(path, visit).Run(stream);
        }
        catch (JsonException failure)
        {
            var text = failure.Message;
            var end = text.IndexOf(" LineNumber:", StringComparison.Ordinal);
            throw new QuantException(
                DiagnosticCodes.DatasetTableInvalid,
                $"the table is not valid JSON: {(end > 0 ? text[..end] : text)}",
                new SourceLocation(path, (int)(failure.LineNumber ?? 0) + 1, (int)(failure.BytePositionInLine ?? 0) + 1),
                failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new QuantException(DiagnosticCodes.DatasetTableMissing, $"the table cannot be read: {failure.Message}", new SourceLocation(path), failure);
        }
    }

    private void Run(FileStream stream)
    {
        var buffer = new byte[FirstBuffer];
        var (length, last, state) = (0, false, default(JsonReaderState));
        SkipByteOrderMark(stream);
        while (!last)
        {
            var read = stream.Read(buffer, length, buffer.Length - length);
            (length, last) = (length + read, read == 0);
            var used = Consume(buffer.AsSpan(0, length), last, ref state);
            buffer.AsSpan(used, length - used).CopyTo(buffer);
            (length, offset) = (length - used, offset + used);
            if (length == buffer.Length)
            {
                if (length >= LargestRow)
                {
                    throw new QuantException(DiagnosticCodes.DatasetTableInvalid, $"one row is longer than {LargestRow >> 20} MiB", new TablePlace(path, offset).Locate());
                }

                Array.Resize(ref buffer, length * 2);
            }
        }
    }

    private void SkipByteOrderMark(FileStream stream)
    {
        Span<byte> mark = stackalloc byte[3];
        var read = stream.ReadAtLeast(mark, 3, throwOnEndOfStream: false);
        offset = read == 3 && mark is [0xEF, 0xBB, 0xBF] ? 3 : 0;
        stream.Position = offset;
    }

    /// <summary>Reads as many whole rows as the bytes hold and returns how many bytes that took.</summary>
    private int Consume(ReadOnlySpan<byte> bytes, bool last, ref JsonReaderState state)
    {
        var reader = new Utf8JsonReader(bytes, last, state);
        var whole = reader;
        while (reader.Read())
        {
            var place = new TablePlace(path, offset + reader.TokenStartIndex);
            if (!begun)
            {
                begun = reader.TokenType == JsonTokenType.StartArray ? true : throw NoTable(place);
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                if (!JsonDocument.TryParseValue(ref reader, out var row))
                {
                    // The row goes on behind the buffer: come back to its beginning with more bytes.
                    break;
                }

                using (row)
                {
                    visit(new TableRow(row.RootElement, place));
                }
            }
            else if (reader.TokenType != JsonTokenType.EndArray)
            {
                throw NoTable(place);
            }

            whole = reader;
        }

        state = whole.CurrentState;
        return (int)whole.BytesConsumed;
    }

    private static QuantException NoTable(TablePlace place) =>
        new(DiagnosticCodes.DatasetTableInvalid, "a table must be a JSON array of objects", place.Locate());
}
