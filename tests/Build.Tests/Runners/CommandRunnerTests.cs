using Build.Runners;
using Build.Tests.Fakes;
using Xunit;

namespace Build.Tests.Runners;

public sealed class CommandRunnerTests
{
    [Fact]
    public void Arguments_arrive_as_they_are_and_the_exit_code_comes_back()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the recording program is a shell script");
        using var folder = new TempFolder();
        var program = folder.WriteScript("record", "#!/bin/sh\nprintf '%s\\n' \"$@\" > arguments\nexit 42\n");
        string[] arguments = ["a b", "\"quoted\"", "k=v = w", "$HOME", "back\\slash\\", "", "*"];

        Assert.Equal(42, new CommandRunner().Run(program, arguments, folder.FullName));

        Assert.Equal(arguments, File.ReadAllLines(Path.Combine(folder.FullName, "arguments")));
    }
}
