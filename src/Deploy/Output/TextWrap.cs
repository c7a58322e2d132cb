namespace Deploy.Output;

/// <summary>One long line as several within <see cref="Terminal.Columns"/> columns. Nothing is cut off: pieces joined again hold every character but the spaces broken at.</summary>
public static class TextWrap
{
    /// <summary>The lines of a text.</summary>
    /// <param name="text">One line.</param>
    /// <param name="hanging">Columns that every line but the first is indented by, 0 to 40; the first break lies right of them.</param>
    /// <returns>At least one line. A line breaks at a space, else behind a comma or a path's separator, else anywhere.</returns>
    public static IEnumerable<string> Lines(string text, int hanging)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)hanging, 40u, nameof(hanging));
        (text, var indent) = (text.TrimEnd(), "");
        while (indent.Length + text.Length > Terminal.Columns)
        {
            var room = Terminal.Columns - indent.Length;
            var end = Break(text, room, indent.Length == 0 ? hanging : 0);
            yield return indent + text[..end].TrimEnd();
            text = text[end..].TrimStart();
            indent = new string(' ', hanging);
        }

        yield return indent + text;
    }

    /// <summary>How much of a text goes on a line of <paramref name="room"/> columns.</summary>
    private static int Break(string text, int room, int after)
    {
        // The space itself may stand behind the last column.
        var space = text.LastIndexOf(' ', room, room - after);
        if (space > 0 && text.AsSpan(0, space).ContainsAnyExcept(' '))
        {
            return space;
        }

        var separator = text.AsSpan(after, room - after).LastIndexOfAny(',', '/', '\\');
        return separator > 0 ? after + separator + 1 : room;
    }
}
