using Build.Runners;
using Build.Tests.Fakes;
using Cake.Core;
using Xunit;

namespace Build.Tests.Runners;

public sealed class PipelineRunnerTests
{
    private static readonly BuildOptions Options = new("deploy_configs/x.yaml", [], null, null, "Release");

    private readonly RecordingLog log = new();

    [Fact]
    public void A_stage_is_one_run_of_the_tool_with_the_options_handed_on()
    {
        var commands = new RecordingCommands();
        var options = Options with { Overrides = ["a=1 2", "b=\"x\""], WorkDirectory = "out", Device = "cuda:0" };

        Pipeline(commands, options).RunTo(Stage.Correct);

        Assert.Equal(
            ["run", "--config", "deploy_configs/x.yaml", "--to", "correct", "--work-dir", "out", "--device", "cuda:0", "--set", "a=1 2", "--set", "b=\"x\""],
            commands.Commands[^1].Skip(1));
    }

    [Fact]
    public void A_stage_that_was_passed_is_not_run_again()
    {
        var commands = new RecordingCommands();
        var pipeline = Pipeline(commands);

        pipeline.RunTo(Stage.Report);
        pipeline.RunTo(Stage.Report);
        pipeline.RunTo(Stage.Load);

        Assert.Equal(["run --config deploy_configs/x.yaml --to report"], commands.CliLines);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(130)]
    public void A_failure_carries_the_exit_code_of_the_tool(int exitCode)
    {
        var pipeline = Pipeline(FailingAt("gate", exitCode));

        var error = Assert.Throws<CakeException>(() => pipeline.RunTo(Stage.Gate));

        Assert.Equal(exitCode, error.ExitCode);
        Assert.Contains("--to gate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_gate_waits_for_the_report_and_fails_the_build_then()
    {
        var commands = FailingAt("gate", 1);
        var pipeline = Pipeline(commands);
        pipeline.ReportFollows = true;

        pipeline.RunTo(Stage.Gate);
        var error = Assert.Throws<CakeException>(() => pipeline.RunTo(Stage.Report));

        Assert.Equal(1, error.ExitCode);
        Assert.EndsWith("--to report", commands.CliLines.Last(), StringComparison.Ordinal);
        Assert.Contains("gate did not pass", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_a_verdict_waits_for_the_report()
    {
        var pipeline = Pipeline(FailingAt("gate", 4));
        pipeline.ReportFollows = true;

        Assert.Equal(4, Assert.Throws<CakeException>(() => pipeline.RunTo(Stage.Gate)).ExitCode);
    }

    [Fact]
    public void A_report_that_fails_for_another_reason_says_so()
    {
        var pipeline = Pipeline(new RecordingCommands(command => command.Contains("gate") ? 1 : command.Contains("report") ? 4 : 0));
        pipeline.ReportFollows = true;

        pipeline.RunTo(Stage.Gate);

        Assert.Equal(4, Assert.Throws<CakeException>(() => pipeline.RunTo(Stage.Report)).ExitCode);
    }

    [Fact]
    public void The_FP16_engine_is_a_run_without_quantization_up_to_the_engine()
    {
        var commands = new RecordingCommands();

        Pipeline(commands, Options with { Overrides = ["quantization.enabled=true"] }).BuildFp16Engine();

        Assert.Equal(["run --config deploy_configs/x.yaml --to engine --set quantization.enabled=true --set quantization.enabled=false"], commands.CliLines);
    }

    private static RecordingCommands FailingAt(string stage, int exitCode) => new(command => command.Contains(stage) ? exitCode : 0);

    private PipelineRunner Pipeline(RecordingCommands commands, BuildOptions? options = null) =>
        new(new CliRunner(commands, "/root", "Release"), options ?? Options, log);
}
