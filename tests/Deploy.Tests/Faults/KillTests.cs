using System.Diagnostics;
using Testing;

namespace Deploy.Tests.Faults;

/// <summary>A few kills of tests/Faults/kill-harness; docs/results.md records fifty.</summary>
[Collection("faults")]
public sealed class KillTests
{
    [Fact]
    [Trait("Speed", "Slow")]
    public void Runs_killed_at_random_moments_end_like_undisturbed_ones()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "setsid and sha256sum");
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var deploy = Path.Combine(Repository.Root, "src", "Deploy", "bin", output.Parent!.Name, output.Name, "deploy.dll");
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "tests", "Faults", "kill-harness"), ["--kills", "2", "--seed", "3", "--deploy", deploy, "--", .. SmallJob.Overrides.SelectMany(item => new[] { "--set", item })])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        var result = SmallJob.Finish(Process.Start(start)!);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains(", 0 failures", result.Output, StringComparison.Ordinal);
    }
}
