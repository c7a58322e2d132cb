using Build.Tests.Fakes;
using Xunit;

namespace Build.Tests;

/// <summary>.ci/run over the output of <c>dotnet test</c>, which a script in its place prints.</summary>
public sealed class CiScriptTests
{
    private const string Passed = """
        Running tests from /x/A.Tests.dll (net10.0|x64)
        /x/A.Tests.dll (net10.0|x64) passed (1s 363ms)

        Test run summary: Passed!
          total: 33
          failed: 0
          succeeded: 31
          skipped: 2
          duration: 1s 956ms

        """;

    private const string OneFailed = """
        failed A.Tests.Sums_are_right (3ms)
          failed: 99
        Test run summary: Failed!
          /x/A.Tests.dll (net10.0|x64) failed with 1 error(s) (1s 849ms)
          /x/B.Tests.dll (net10.0|x64) passed (1s 849ms)

          total: 12
          failed: 1
          succeeded: 11
          skipped: 0
          duration: 6s 198ms
        Test run completed with non-success exit code: 2 (see: https://aka.ms/testingplatform/exitcodes)

        """;

    private const string OneCrashed = """
        Test run summary: Failed!
          /x/A.Tests.dll (net10.0|x64) Zero tests ran (1s 849ms)
          /x/B.Tests.dll (net10.0|x64) passed (4s 655ms)

          error: 1

          total: 31
          failed: 0
          succeeded: 31
          skipped: 0
          duration: 6s 198ms

        """;

    private const string NoneRan = """
        Test run summary: Zero tests ran
          total: 0
          failed: 0
          succeeded: 0
          skipped: 0

        """;

    private const string DoesNotBuild = """
        /x/A.cs(3,5): error CS1002: ; expected

        Build failed with exit code: 1.

        """;

    [Theory]
    [InlineData(Passed, 0, "31 passed, 0 failed, 2 skipped", 0)]
    [InlineData(Passed + Passed, 0, "62 passed, 0 failed, 4 skipped", 0)]
    [InlineData(OneFailed, 2, "11 passed, 1 failed, 0 skipped", 1)]
    [InlineData(OneFailed, 0, "11 passed, 1 failed, 0 skipped", 1)]
    [InlineData(OneCrashed, 8, "31 passed, 1 failed, 0 skipped", 1)]
    [InlineData(Passed, 7, "31 passed, 1 failed, 2 skipped", 1)]
    [InlineData(NoneRan, 0, "0 passed, 1 failed, 0 skipped", 1)]
    [InlineData(DoesNotBuild, 1, "0 passed, 1 failed, 0 skipped", 1)]
    [InlineData("", 0, "0 passed, 1 failed, 0 skipped", 1)]
    public async Task The_last_line_counts_all_test_programs(string output, int testExitCode, string lastLine, int exitCode)
    {
        var (code, printed) = await RunAsync(output, testExitCode, formatExitCode: 0);

        Assert.Equal(lastLine, printed.TrimEnd('\n').Split('\n')[^1]);
        Assert.Equal(exitCode, code);
    }

    [Fact]
    public async Task Colours_and_carriage_returns_do_not_hide_the_counts()
    {
        var coloured = Passed.Replace("  succeeded: 31", "\u001b[32m  succeeded: 31\u001b[m\r", StringComparison.Ordinal);

        var (code, printed) = await RunAsync(coloured, testExitCode: 0, formatExitCode: 0);

        Assert.EndsWith("31 passed, 0 failed, 2 skipped\n", printed, StringComparison.Ordinal);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task A_file_that_is_not_formatted_fails_the_run_and_the_tests_run_all_the_same()
    {
        var (code, printed) = await RunAsync(Passed, testExitCode: 0, formatExitCode: 2);

        Assert.EndsWith("31 passed, 0 failed, 2 skipped\n", printed, StringComparison.Ordinal);
        Assert.Equal(1, code);
    }

    [Fact]
    public async Task Packages_other_than_the_locked_ones_fail_the_run()
    {
        var (code, printed) = await RunAsync(Passed, testExitCode: 0, formatExitCode: 0, restoreExitCode: 1);

        Assert.EndsWith("31 passed, 0 failed, 2 skipped\n", printed, StringComparison.Ordinal);
        Assert.Equal(1, code);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string output, int testExitCode, int formatExitCode, int restoreExitCode = 0)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), ".ci/run is a bash script");
        using var folder = new TempFolder();
        var script = Path.Combine(RepositoryRoot.Find(AppContext.BaseDirectory), ".ci", "run");
        var copy = folder.WriteScript(".ci/run", await File.ReadAllTextAsync(script, TestContext.Current.CancellationToken));
        folder.Write("output", output);
        folder.WriteScript("bin/dotnet", $"#!/bin/sh\n[ \"$1\" = format ] && exit {formatExitCode}\n[ \"$*\" = \"restore --locked-mode\" ] && exit {restoreExitCode}\n[ \"$*\" = test ] || exit 99\ncat output\nexit {testExitCode}\n");
        var path = $"{Path.Combine(folder.FullName, "bin")}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";

        return await Shell.RunAsync("bash", [copy], Path.GetTempPath(), new Dictionary<string, string> { ["PATH"] = path }, TestContext.Current.CancellationToken);
    }
}
