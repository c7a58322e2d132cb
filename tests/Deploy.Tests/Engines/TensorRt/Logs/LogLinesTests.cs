using Deploy.Engines.TensorRt.Logs;

namespace Deploy.Tests.Engines.TensorRt.Logs;

/// <summary>How a text becomes messages.</summary>
public sealed class LogLinesTests
{
    private const string Stamp = "[07/15/2022-05:26:40] ";

    [Theory]
    [InlineData("V", LogSeverity.Verbose)]
    [InlineData("I", LogSeverity.Info)]
    [InlineData("W", LogSeverity.Warning)]
    [InlineData("E", LogSeverity.Error)]
    [InlineData("F", LogSeverity.Error)]
    public void A_message_has_its_line_mark_time_and_text(string mark, LogSeverity severity)
    {
        var line = Assert.Single(LogLines.Split($"{Stamp}[{mark}] [TRT] words"));

        Assert.Equal(new LogLine(1, severity, severity, new DateTime(2022, 7, 15, 5, 26, 40), "[TRT] words"), line);
        Assert.Equal(line with { Time = null }, Assert.Single(LogLines.Split($"[{mark}] [TRT] words")));
    }

    [Theory]
    [InlineData("&&&& RUNNING TensorRT.trtexec # trtexec")]
    [InlineData("&&&& PASSED TensorRT.trtexec # trtexec")]
    [InlineData("&&&& FAILED TensorRT.trtexec # trtexec")]
    [InlineData("&&&& WAIVED TensorRT.trtexec # trtexec")]
    public void The_envelope_keeps_its_mark(string text) => Assert.Equal(new LogLine(1, LogSeverity.Envelope, LogSeverity.Envelope, null, text), Assert.Single(LogLines.Split(text)));

    [Fact]
    public void A_time_that_is_none_does_no_harm() => Assert.Null(Assert.Single(LogLines.Split("[99/99/2022-05:26:40] [I] words")).Time);

    [Fact]
    public void A_continuation_knows_what_it_continues() =>
        Assert.Equal(
            [(LogSeverity.None, LogSeverity.None), (LogSeverity.Error, LogSeverity.Error), (LogSeverity.None, LogSeverity.Error), (LogSeverity.None, LogSeverity.Error), (LogSeverity.Info, LogSeverity.Info), (LogSeverity.None, LogSeverity.Info)],
            LogLines.Split("help\n[E] In function:\n[6] Assertion\nmore\n[I] Build\nrest").Select(line => (line.Severity, line.Context)));

    [Fact]
    public void Two_streams_in_one_line_are_two_messages() =>
        Assert.Equal(
            [(1, LogSeverity.Info, "Build"), (1, LogSeverity.Error, "Saving failed."), (2, LogSeverity.None, "end of a message"), (2, LogSeverity.Info, "next "), (2, LogSeverity.Envelope, "&&&& PASSED TensorRT.trtexec")],
            LogLines.Split($"{Stamp}[I] Build{Stamp}[E] Saving failed.\nend of a message{Stamp}[I] next &&&& PASSED TensorRT.trtexec").Select(line => (line.Number, line.Severity, line.Text)));

    [Theory]
    [InlineData("trt-1  | ")]
    [InlineData("[component_container-1] ")]
    [InlineData("[INFO] [launch]: [trtexec-1] ")]
    [InlineData("2026-07-07T02:10:45.123456Z ")]
    [InlineData("Jul 07 host: ")]
    public void A_supervisors_prefix_is_no_message(string prefix)
    {
        Assert.Equal((LogSeverity.Error, "words"), Of(Assert.Single(LogLines.Split($"{prefix}{Stamp}[E] words"))));
        Assert.Equal((LogSeverity.Envelope, "&&&& PASSED x"), Of(Assert.Single(LogLines.Split($"{prefix}&&&& PASSED x"))));
    }

    [Theory]
    [InlineData("trt-1  | ")]
    [InlineData("[component_container-1] ")]
    [InlineData("2026-07-07T02:10:45.123456Z ")]
    public void A_prefix_is_taken_off_lines_without_a_mark_too(string prefix)
    {
        Assert.Equal((LogSeverity.None, "name: \"Conv_1\""), Of(Assert.Single(LogLines.Split($"{prefix}name: \"Conv_1\""))));
        Assert.Equal((LogSeverity.Error, "words"), Of(Assert.Single(LogLines.Split($"{prefix}[E] words"))));
    }

    [Fact]
    public void A_line_without_mark_and_prefix_is_left_as_it_is() => Assert.Equal("  name: \"axis\"", Assert.Single(LogLines.Split("  name: \"axis\"")).Text);

    [Fact]
    public void Colours_are_taken_out_wherever_they_stand()
    {
        Assert.Equal((LogSeverity.Error, "red words"), Of(Assert.Single(LogLines.Split($"{Stamp}\u001b[31m[E] \u001b[1;31mred\u001b[0m words\u001b[0m"))));
        Assert.Equal("one two", Assert.Single(LogLines.Split("one\rtwo\0")).Text);
    }

    [Theory]
    [InlineData("words\r")]
    [InlineData("words \0\r")]
    [InlineData("words\t \0 ")]
    public void What_ends_a_line_is_not_part_of_it(string text) => Assert.Equal("words", Assert.Single(LogLines.Split(text)).Text);

    [Fact]
    public void A_line_is_cut_behind_16384_characters()
    {
        var whole = new string('a', LogLines.LongestLine);

        Assert.Equal(whole, Assert.Single(LogLines.Split(whole)).Text);
        Assert.Equal(whole, Assert.Single(LogLines.Split($"{whole}{Stamp}[E] too far")).Text);
    }

    [Fact]
    public void Lines_are_counted_from_1_with_empty_ones() => Assert.Equal([1, 2, 3, 4], LogLines.Split("a\n\nb\n").Select(line => line.Number));

    [Fact]
    public void No_text_is_refused() => Assert.Throws<ArgumentNullException>(() => LogLines.Split(null!).ToList());

    private static (LogSeverity Severity, string Text) Of(LogLine line) => (line.Severity, line.Text);
}
