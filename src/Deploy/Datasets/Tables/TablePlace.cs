using Quant.Core.Diagnostics;

namespace Deploy.Datasets.Tables;

/// <summary>Where a row begins: cheap to keep, turned into line and column only for a message.</summary>
internal readonly record struct TablePlace(string File, long Offset)
{
    /// <summary>Line and column count from 1, the column in bytes.</summary>
    public SourceLocation Locate()
    {
        using var stream = System.IO.File.OpenRead(File);
        var buffer = new byte[1 << 16];
        var (line, lineStart, position) = (1, 0L, 0L);
        while (position < Offset)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, Offset - position));
            if (read == 0)
            {
                break;
            }

            for (var i = 0; i < read; i++)
            {
                if (buffer[i] == (byte)'\n')
                {
                    (line, lineStart) = (line + 1, position + i + 1);
                }
            }

            position += read;
        }

        return new SourceLocation(File, line, (int)(Offset - lineStart) + 1);
    }
}
