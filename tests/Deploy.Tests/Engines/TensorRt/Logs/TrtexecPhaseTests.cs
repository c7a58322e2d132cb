using Deploy.Engines.TensorRt.Logs;

namespace Deploy.Tests.Engines.TensorRt.Logs;

/// <summary>How far a run came, and how long each step took.</summary>
public sealed class TrtexecPhaseTests
{
    [Theory]
    [InlineData("Start parsing network model.", "parse", null)]
    [InlineData("Finish parsing network model", "build", null)]
    [InlineData("Finished parsing network model. Parse time: 0.241168", "build", 0.241168)]
    [InlineData("[TRT] Engine generation completed in 7.81 seconds.", "built", 7.81)]
    [InlineData("Engine built in 8.09138 sec.", "built", 8.09138)]
    [InlineData("Engine deserialized in 0.0258638 sec.", "load", 0.0258638)]
    [InlineData("Engine loaded in 2.5e-02 sec.", "load", 0.025)]
    [InlineData("[TRT] Loaded engine size: 23 MiB", "load", null)]
    [InlineData("Starting inference", "measure", null)]
    [InlineData("Timing trace has 2624 queries over 3.00285 s", "measured", 3.00285)]
    public void A_message_tells_its_phase(string text, string name, double? seconds)
    {
        Assert.Equal(new TrtexecPhase(name, 7) { Seconds = seconds }, Phase(LogSeverity.Info, text));
        Assert.Equal(new TrtexecPhase(name, 7) { Seconds = seconds }, Phase(LogSeverity.None, text));
        Assert.Null(Phase(LogSeverity.Verbose, text));
        Assert.Null(Phase(LogSeverity.Warning, text));
        Assert.Null(Phase(LogSeverity.Error, text));
    }

    [Theory]
    [InlineData("&&&& RUNNING TensorRT.trtexec", "start")]
    [InlineData("&&&& PASSED TensorRT.trtexec", "done")]
    [InlineData("&&&& FAILED TensorRT.trtexec", "done")]
    public void The_envelope_is_the_first_and_the_last_phase(string text, string name) => Assert.Equal(new TrtexecPhase(name, 7), Phase(LogSeverity.Envelope, text));

    [Fact]
    public void Any_other_message_is_no_phase()
    {
        Assert.Null(Phase(LogSeverity.Info, "Throughput: 500 qps"));
        Assert.Throws<ArgumentNullException>(() => TrtexecPhases.Of(null!));
    }

    [Theory]
    [InlineData("in 1e999 sec", null)]
    [InlineData("built in a second", null)]
    [InlineData("built in 5 minutes", null)]
    [InlineData("built in 5s", 5.0)]
    [InlineData("loaded in 5", 5.0)]
    public void Seconds_are_read_or_absent(string text, double? seconds) => Assert.Equal(seconds, TrtexecPhases.Seconds(text));

    [Fact]
    public void Of_two_lines_about_one_step_the_last_with_a_time_wins_and_the_first_gives_the_place()
    {
        Assert.Equal([Start, new("load", 2) { Seconds = 0.1 }, new("done", 4)], Log.Passed("[I] [TRT] Loaded engine size: 23 MiB", "[I] Engine deserialized in 0.1 sec.").Phases);
        Assert.Equal([Start, new("load", 2) { Seconds = 0.1 }, new("done", 4)], Log.Passed("[I] Engine deserialized in 0.1 sec.", "[I] [TRT] Loaded engine size: 23 MiB").Phases);
        Assert.Equal([Start, new("built", 2) { Seconds = 8 }, new("done", 4)], Log.Passed("[I] [TRT] Engine generation completed in 7 seconds.", "[I] Engine built in 8 sec.").Phases);
    }

    [Fact]
    public void A_step_that_comes_again_is_told_again() =>
        Assert.Equal(["start", "load", "measure", "load", "done"], Log.Passed("[I] Engine loaded in 0.1 sec.", "[I] Starting inference", "[I] Engine loaded in 0.2 sec.").Phases.Select(phase => phase.Name));

    private static TrtexecPhase Start => new("start", 1);

    private static TrtexecPhase? Phase(LogSeverity severity, string text) => TrtexecPhases.Of(new LogLine(7, severity, severity, null, text));
}
