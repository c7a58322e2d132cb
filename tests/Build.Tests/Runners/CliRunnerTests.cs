using Build.Runners;
using Build.Tests.Fakes;
using Cake.Core;
using Xunit;

namespace Build.Tests.Runners;

public sealed class CliRunnerTests
{
    private static readonly string Root = Path.Combine(Path.GetTempPath(), "a clone");

    [Fact]
    public void The_tool_is_built_once_and_then_run_in_the_root()
    {
        var commands = new RecordingCommands();
        var cli = new CliRunner(commands, Root, "Debug");

        Assert.Equal(0, cli.Run(["doctor"]));
        Assert.Equal(0, cli.Run(["config", "check"]));

        var tool = Path.Combine(Root, "src", "Deploy", "bin", "Debug", "net10.0", "deploy.dll");
        Assert.Equal(["build", Path.Combine(Root, "src", "Deploy", "Deploy.csproj"), "--configuration", "Debug"], commands.Commands[0].Take(4));
        Assert.Equal([[tool, "doctor"], [tool, "config", "check"]], commands.Commands.Skip(1));
        Assert.All(commands.Folders, folder => Assert.Equal(Root, folder));
    }

    [Fact]
    public void A_tool_that_does_not_build_is_an_environment_error_and_never_runs()
    {
        var commands = new RecordingCommands(_ => 1);

        var error = Assert.Throws<CakeException>(() => new CliRunner(commands, Root, "Release").Run(["doctor"]));

        Assert.Equal(3, error.ExitCode);
        Assert.Single(commands.Commands);
    }

    [Fact]
    public void The_exit_code_of_the_tool_is_handed_on()
    {
        var commands = new RecordingCommands(command => command[0] == "build" ? 0 : 130);

        Assert.Equal(130, new CliRunner(commands, Root, "Release").Run(["run"]));
    }
}
