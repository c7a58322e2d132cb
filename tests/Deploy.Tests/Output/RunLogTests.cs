using System.Text.RegularExpressions;
using Deploy.Output;
using Quant.Core.Diagnostics;
using Testing;
using Xunit;

namespace Deploy.Tests.Output;

public sealed partial class RunLogTests
{
    private const string Escape = "\u001b";
    private static readonly string Long = string.Join(' ', Enumerable.Repeat("word", 40));

    [Fact]
    public void Redirected_progress_is_a_plain_line_for_every_quarter_with_rate_and_time_left()
    {
        var clock = new Clock();
        var text = Run(interactive: false, Verbosity.Normal, clock, log =>
        {
            using var progress = log.Progress("calibrating", 8);
            for (var step = 0; step < 8; step++)
            {
                clock.Now += TimeSpan.FromSeconds(2);
                progress.Step();
            }
        });

        Assert.Equal("  calibrating 2/8 0.5/s, 12 s left\n  calibrating 4/8 0.5/s, 8 s left\n  calibrating 6/8 0.5/s, 4 s left\n  calibrating 8/8 0.5/s, 0 s left\n", text);
    }

    [Fact]
    public void Redirected_lines_are_never_broken_or_coloured()
    {
        var text = Run(interactive: false, Verbosity.Normal, TimeProvider.System, log => log.Info(Long));

        Assert.Equal(Long + "\n", text);
    }

    [Fact]
    public void A_problem_that_several_passes_meet_is_told_once()
    {
        var problem = Diagnostic.Warning(DiagnosticCodes.PointsDropped, "3 points with NaN", new SourceLocation("0.bin"));

        var text = Run(interactive: false, Verbosity.Normal, TimeProvider.System, log =>
        {
            log.Report(problem);
            log.Report(problem with { Location = new SourceLocation("1.bin") });
            log.Report(Diagnostic.Warning(DiagnosticCodes.PointsDropped, "3 points with NaN", new SourceLocation("0.bin")));
        });

        Assert.Equal(2, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void On_a_terminal_bars_lie_inside_each_other_show_rate_and_time_left_and_fit_80_columns()
    {
        var text = Run(interactive: true, Verbosity.Normal, TimeProvider.System, log =>
        {
            using var outer = log.Progress("searching alpha", 4);
            using var inner = log.Progress("evaluating fp32, fp16, int8, int8_cpu", 100);
            for (var step = 0; step < 40; step++)
            {
                inner.Step();
                Thread.Sleep(10);
            }

            outer.Step();
            log.Info("a line between");
            Thread.Sleep(250);
        });

        Assert.Contains(Escape, text, StringComparison.Ordinal);
        var lines = Sequence().Replace(text, "").Split('\n', '\r');
        Assert.Contains("a line between", lines.Select(line => line.TrimEnd()));
        Assert.Contains(lines, line => line.Contains("searching alpha", StringComparison.Ordinal) && line.Contains("1/4", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("40/100", StringComparison.Ordinal) && Rate().IsMatch(line));
        Assert.All(lines, line => Assert.InRange(line.Length, 0, Terminal.Columns));
    }

    [Fact]
    public void After_the_last_bar_the_next_one_can_open_and_lines_are_whole_again()
    {
        var text = Run(interactive: true, Verbosity.Normal, TimeProvider.System, log =>
        {
            for (var turn = 0; turn < 3; turn++)
            {
                using var progress = log.Progress("step", 0);
            }

            log.Info(Long);
        });

        Assert.EndsWith(Long + "\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Quiet_leaves_diagnostics_alone(bool interactive)
    {
        var text = Run(interactive, Verbosity.Quiet, TimeProvider.System, log =>
        {
            using var progress = log.Progress("step", 1);
            progress.Step();
            log.Info("info");
            log.Detail("detail");
            log.Table(["", ""], [["a", "b"]]);
            log.Report(Diagnostic.Warning("QNT0311", "few frames"));
        });

        Assert.Equal("deploy: warning QNT0311: few frames\n", text);
    }

    [Fact]
    public void Verbose_adds_details_and_the_file_has_them_always()
    {
        using var folder = new TempFolder();
        string Told(Verbosity verbosity) => Run(interactive: false, verbosity, TimeProvider.System, log =>
        {
            log.OpenFile(folder.File("deploy.log"));
            log.Detail("detail");
        });

        Assert.Equal("detail\n", Told(Verbosity.Verbose));
        Assert.Equal("", Told(Verbosity.Normal));
        Assert.Equal(2, Regex.Count(File.ReadAllText(folder.File("deploy.log")), "detail detail"));
    }

    private static string Run(bool interactive, Verbosity verbosity, TimeProvider clock, Action<RunLog> act)
    {
        using var text = new StringWriter { NewLine = "\n" };
        using (var log = new RunLog(Terminal.Create(text, interactive), verbosity, clock))
        {
            act(log);
        }

        return text.ToString();
    }

    [GeneratedRegex("\u001b\\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Sequence();

    [GeneratedRegex(@"\d+\.\d/s +(\d\d:\d\d:\d\d|--:--:--|-+:-+:-+)")]
    private static partial Regex Rate();

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
