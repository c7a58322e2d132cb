using System.Reflection;
using Build.Tests.Fakes;
using Xunit;

namespace Build.Tests;

/// <summary>build.cake in the real tool, with a recording program in place of <c>dotnet</c>.</summary>
public sealed class CakeDoorTests
{
    private static readonly string Root = RepositoryRoot.Find(AppContext.BaseDirectory);

    [Fact]
    public async Task The_door_hands_over_every_argument_and_ends_with_the_programs_exit_code()
    {
        string[] arguments =
        [
            "--target=Gate", "--tree", "--dryrun", "--description", "--exclusive", "--verbosity=quiet", "-t", "Report",
            "--set=name=a \"b\" = c", "--set", "x=y z", "--config=deploy_configs/with space.yaml", "--work-dir=$HOME/*",
        ];

        var (exitCode, forwarded) = await OpenAsync([Path.Combine(Root, "build.cake"), .. arguments]);

        Assert.Equal(42, exitCode);
        Assert.Equal(["run", "--project", Path.Combine(Root, "build", "Build.csproj"), "--", .. arguments], forwarded);
    }

    private static async Task<(int ExitCode, string[] Forwarded)> OpenAsync(string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the recording program is a shell script");
        using var folder = new TempFolder();
        var record = Path.Combine(folder.FullName, "arguments");
        var environment = new Dictionary<string, string>
        {
            ["DOTNET_HOST_PATH"] = folder.WriteScript("record", $"#!/bin/sh\nprintf '%s\\n' \"$@\" > '{record}'\nexit 42\n"),
        };

        var tool = typeof(CakeDoorTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "CakeTool").Value!;
        var (exitCode, output) = await Shell.RunAsync(
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
            ["exec", tool, .. arguments], folder.FullName, environment, TestContext.Current.CancellationToken);
        Assert.True(File.Exists(record), output);
        return (exitCode, await File.ReadAllLinesAsync(record));
    }
}
