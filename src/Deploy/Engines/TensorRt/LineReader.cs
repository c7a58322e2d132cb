using System.Text;

namespace Deploy.Engines.TensorRt;

/// <summary>Reads a process's stream line by line; a line without end is handed out in pieces, so that memory stays bounded.</summary>
internal static class LineReader
{
    private const int LongestPiece = 1 << 16;

    /// <summary>Reads until the stream ends.</summary>
    public static async Task ReadAsync(TextReader stream, Action<string> line)
    {
        var buffer = new char[8192];
        var pending = new StringBuilder();
        int count;
        while ((count = await stream.ReadAsync(buffer).ConfigureAwait(false)) > 0)
        {
            var rest = buffer.AsMemory(0, count);
            for (var end = rest.Span.IndexOf('\n'); end >= 0; end = rest.Span.IndexOf('\n'))
            {
                line(pending.Append(rest[..end]).ToString().TrimEnd('\r'));
                pending.Clear();
                rest = rest[(end + 1)..];
            }

            pending.Append(rest);
            if (pending.Length >= LongestPiece)
            {
                line(pending.ToString());
                pending.Clear();
            }
        }

        if (pending.Length > 0)
        {
            line(pending.ToString());
        }
    }
}
