using System.Globalization;
using System.Text.RegularExpressions;

namespace Deploy.Engines.TensorRt.Logs;

/// <summary>
/// Splits a log into messages. It takes any text: CRLF, colours, the prefixes of docker, ros2 launch and schedulers, no time stamps,
/// lines of any length, and two streams that ran into each other in one line.
/// </summary>
public static partial class LogLines
{
    /// <summary>Longer lines are cut: no message of interest is that long.</summary>
    public const int LongestLine = 16384;

    /// <summary>The messages of a log.</summary>
    public static IEnumerable<LogLine> Split(string log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var number = 0;
        var context = LogSeverity.None;
        foreach (var range in log.AsSpan().Split('\n').ToList())
        {
            number++;
            foreach (var line in Messages(Clean(log.AsSpan(range)), number, context))
            {
                context = line.Context;
                yield return line;
            }
        }
    }

    private static List<Range> ToList(this MemoryExtensions.SpanSplitEnumerator<char> ranges)
    {
        List<Range> list = [];
        foreach (var range in ranges)
        {
            list.Add(range);
        }

        return list;
    }

    /// <summary>One line of text, without colours, NULs and carriage returns.</summary>
    private static string Clean(ReadOnlySpan<char> line)
    {
        var text = (line.Length > LongestLine ? line[..LongestLine] : line).TrimEnd("\r\0 \t").ToString();
        return text.AsSpan().IndexOfAny('\u001b', '\0', '\r') < 0 ? text : Noise().Replace(text, "").Replace('\r', ' ');
    }

    private static IEnumerable<LogLine> Messages(string line, int number, LogSeverity context)
    {
        var starts = Starts(line);
        if (starts.Count == 0)
        {
            yield return new LogLine(number, LogSeverity.None, context, null, Prefix().Replace(line, "", 1));
            yield break;
        }

        // What stands before the first mark is a supervisor's prefix, or the end of a message of the other stream.
        if (starts[0].Index > 0 && !IsPrefix().IsMatch(line[..starts[0].Index]))
        {
            yield return new LogLine(number, LogSeverity.None, context, null, line[..starts[0].Index]);
        }

        for (var index = 0; index < starts.Count; index++)
        {
            var end = index + 1 < starts.Count ? starts[index + 1].Index : line.Length;
            var mark = starts[index];
            var severity = mark.Groups["envelope"].Success ? LogSeverity.Envelope : Severity(mark.Groups["severity"].ValueSpan[0]);
            var text = severity == LogSeverity.Envelope ? line[mark.Index..end] : line[(mark.Index + mark.Length)..end];
            yield return new LogLine(number, severity, severity, Time(mark.Groups["time"].Value), text);
        }
    }

    private static List<Match> Starts(string line)
    {
        var marks = Mark().Matches(line).ToList();
        if (marks.Count == 0 && BareMark().Match(line) is { Success: true } bare)
        {
            marks.Add(bare);
        }

        return marks;
    }

    private static LogSeverity Severity(char mark) => mark switch
    {
        'V' => LogSeverity.Verbose,
        'I' => LogSeverity.Info,
        'W' => LogSeverity.Warning,
        _ => LogSeverity.Error,
    };

    private static DateTime? Time(string text) =>
        DateTime.TryParseExact(text, "MM/dd/yyyy-HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    /// <summary>A mark that can stand anywhere in a line: with a time stamp, or the envelope.</summary>
    [GeneratedRegex(@"\[(?<time>[0-9]{2}/[0-9]{2}/[0-9]{4}-[0-9]{2}:[0-9]{2}:[0-9]{2})\]\s?\[(?<severity>[VIWEF])\] ?|(?<envelope>&&&& (?=RUNNING|PASSED|FAILED|WAIVED))")]
    private static partial Regex Mark();

    /// <summary>A mark without time stamp: only at the start, behind at most three short prefixes.</summary>
    [GeneratedRegex(@"^(?:\[[^\[\]]{2,80}\]:?\s*|[^\s\[\]]{1,64}\s*\|\s*|[^\s\[\]]{1,64}:?\s+){0,3}?\[(?<severity>[VIWEF])\](?: |$)(?<time>)", RegexOptions.ExplicitCapture)]
    private static partial Regex BareMark();

    [GeneratedRegex(@"^(?:\[[^\[\]]{1,80}\]:?\s*|[^\s\[\]]{1,64}\s*\|\s*|[^\s\[\]]{1,64}:?\s+){1,4}$")]
    private static partial Regex IsPrefix();

    /// <summary>The prefixes of ros2 launch, docker compose and <c>docker logs --timestamps</c> on a line without a mark.</summary>
    [GeneratedRegex(@"^(?:\[[A-Za-z_][\w.-]*-[0-9]+\]\s|[\w.-]{1,64}\s*\|\s|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,18}(?:Z|[+-][0-9]{2}:[0-9]{2})\s){1,2}")]
    private static partial Regex Prefix();

    [GeneratedRegex(@"\u001b\[[0-?]*[ -/]*[@-~]|\u001b[@-Z\\-_]|\0")]
    private static partial Regex Noise();
}
