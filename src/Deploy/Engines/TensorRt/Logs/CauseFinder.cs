using System.Text.RegularExpressions;

namespace Deploy.Engines.TensorRt.Logs;

/// <summary>Finds the cause of a failure among a log's messages.</summary>
internal static partial class CauseFinder
{
    private const int ErrorReach = 4;

    /// <summary>The known class that ranks first, else the first error that is no mere consequence; null when nothing says error.</summary>
    public static TrtexecCause? Find(IReadOnlyList<LogLine> lines)
    {
        // Warnings speak of skipped tactics and missing memory in builds that succeed: only errors count, with the lines that belong to them.
        var told = lines.Where((line, index) => line.Severity == LogSeverity.Error || (line.Severity == LogSeverity.None && BelongsToError(lines, index))).ToList();
        foreach (var known in CauseClasses.All)
        {
            var found = told.Find(line => known.Pattern.IsMatch(line.Text))
                ?? (known.AnyLine ? lines.FirstOrDefault(line => line.Severity == LogSeverity.None && known.Pattern.IsMatch(line.Text)) : null);
            if (found is not null)
            {
                return new TrtexecCause(known.Name, found.Number, Short(found.Text), known.Advice) { Node = Node(told, found) };
            }
        }

        var errors = lines.Where(line => line.Severity == LogSeverity.Error).ToList();
        return (errors.Find(line => !CauseClasses.IsChain(line.Text)) ?? errors.FirstOrDefault()) is { } first
            ? new TrtexecCause("other", first.Number, Short(first.Text), "look at this line and the ones around it in the log; --verbose tells more") { Node = Node(told, first) }
            : null;
    }

    /// <summary>Continuations follow their error, or an info line of the other stream that came between.</summary>
    private static bool BelongsToError(IReadOnlyList<LogLine> lines, int index) =>
        lines[index].Context == LogSeverity.Error
        || Enumerable.Range(1, Math.Min(ErrorReach, index)).Any(back => lines[index - back].Severity == LogSeverity.Error);

    private static string? Node(List<LogLine> lines, LogLine cause)
    {
        if (NamedNode().Match(cause.Text) is { Success: true } named)
        {
            return (named.Groups[1].Success ? named.Groups[1] : named.Groups[2]).Value.TrimEnd('.', ')');
        }

        // The parser prints the node as protobuf text between Begin and End; its error stands before or after.
        var inside = false;
        foreach (var line in lines)
        {
            inside = line.Text.Contains("--- Begin node ---", StringComparison.Ordinal) || (inside && !line.Text.Contains("--- End node ---", StringComparison.Ordinal));
            if (inside && ProtobufName().Match(line.Text) is { Success: true } name)
            {
                return name.Groups[1].Value;
            }
        }

        return null;
    }

    private static string Short(string text)
    {
        text = text.Trim();
        return text.Length > 500 ? $"{text[..500]}…" : text;
    }

    [GeneratedRegex(@"implementation for node (.{1,400}?)(?:\.?\)|$|\. )|API Usage Error \((/[^:]{1,200}):")]
    private static partial Regex NamedNode();

    [GeneratedRegex("^name: \"([^\"]{1,400})\"")]
    private static partial Regex ProtobufName();
}
