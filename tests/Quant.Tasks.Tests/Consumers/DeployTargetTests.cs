using BinaryLog = Microsoft.Build.Logging.StructuredLogger.BinaryLog;
using Target = Microsoft.Build.Logging.StructuredLogger.Target;

namespace Quant.Tasks.Tests.Consumers;

/// <summary>Projects that reference the packed package, built with the real <c>dotnet</c>; a fake stands in for the worker.</summary>
public sealed class DeployTargetTests(PackageFeed feed)
{
    private const string One = """<QuantModel Include="a.yaml" />""";
    private const string Two = """<QuantModel Include="a.yaml" /><QuantModel Include="b.yaml" />""";
    private static readonly string[] AllStages = ["a.yaml correct", "a.yaml export", "a.yaml compare", "a.yaml engine", "a.yaml report"];

    [Fact]
    public async Task One_target_runs_every_stage_and_a_second_build_none()
    {
        using var project = new Consumer(feed, One);
        project.Write("a.yaml", "name: a");

        var first = await project.DeployAsync("-restore");
        var calls = project.TakeCalls();
        var second = await project.DeployAsync("-bl:second.binlog");

        Assert.True(first.ExitCode == 0, first.Output);
        Assert.Equal(AllStages, calls);
        Assert.True(project.Exists("obj/Debug/net10.0/quant/a/work/engine/int8/model.engine"));
        Assert.True(second.ExitCode == 0, second.Output);
        Assert.Empty(project.TakeCalls());
        var log = BinaryLog.ReadBuild(project.File("second.binlog"));
        Assert.True(log.Succeeded);
        foreach (var target in (string[])["_QuantQuantize", "_QuantExport", "_QuantCompare", "_QuantBuildEngine", "_QuantGate"])
        {
            Assert.Contains(log.FindChildrenRecursive<Target>(), item => item.Name == target && item.Skipped);
        }
    }

    [Fact]
    public async Task Touching_one_of_two_configs_runs_only_its_model()
    {
        using var project = new Consumer(feed, Two);
        project.Write("a.yaml", "name: a\n# fake: input frames/0.bin");
        project.Write("b.yaml", "name: b");
        project.Write("frames/0.bin", "points");
        Assert.Equal(0, (await project.DeployAsync("-restore")).ExitCode);
        Assert.Equal(10, project.TakeCalls().Length);

        project.Touch("b.yaml");
        await project.DeployAsync();
        Assert.Equal(["b.yaml correct", "b.yaml export", "b.yaml compare", "b.yaml engine", "b.yaml report"], project.TakeCalls());

        // A file that the config does not name itself: the worker has told of it.
        project.Touch("frames/0.bin");
        await project.DeployAsync();
        Assert.Equal(AllStages, project.TakeCalls());

        // A changed property makes every model stale, though no file was touched.
        await project.RunAsync("build", "-t:QuantQuantize", "-p:QuantDevice=cpu");
        Assert.Equal(["a.yaml correct", "b.yaml correct"], project.TakeCalls());
    }

    [Fact]
    public async Task A_deleted_engine_is_built_again()
    {
        using var project = new Consumer(feed, One);
        project.Write("a.yaml", "name: a");
        Assert.Equal(0, (await project.DeployAsync("-restore")).ExitCode);
        project.TakeCalls();

        File.Delete(project.File("obj/Debug/net10.0/quant/a/work/engine/int8/model.engine"));
        Assert.Equal(0, (await project.DeployAsync()).ExitCode);

        Assert.Equal(["a.yaml engine", "a.yaml report"], project.TakeCalls());
        Assert.True(project.Exists("obj/Debug/net10.0/quant/a/work/engine/int8/model.engine"));
    }

    [Fact]
    public async Task A_broken_config_is_an_error_at_its_line()
    {
        using var project = new Consumer(feed, One);
        project.Write("a.yaml", "name: a\n# fake: diagnostic correct error QNT0102 3 5 unknown key 'thresold'; did you mean 'threshold'? {0} 100%\n# fake: diagnostic correct warning QNT0117 4 1 not read");

        var build = await project.DeployAsync("-restore", "-tl:off");

        Assert.Equal(1, build.ExitCode);
        Assert.Contains("a.yaml(3,5): error QNT0102: unknown key 'thresold'; did you mean 'threshold'? {0} 100% [", build.Output, StringComparison.Ordinal);
        Assert.Contains("a.yaml(4,1): warning QNT0117: not read [", build.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("MSB", build.Output, StringComparison.Ordinal);
        Assert.Equal(["a.yaml correct"], project.TakeCalls());

        // Nothing counts as done.
        project.Write("a.yaml", "name: a");
        Assert.Equal(0, (await project.DeployAsync()).ExitCode);
        Assert.Equal(AllStages, project.TakeCalls());
    }

    [Fact]
    public async Task A_failed_gate_is_an_error_with_its_numbers_and_leaves_the_report()
    {
        using var project = new Consumer(feed, One);
        project.Write("a.yaml", "name: a\n# fake: diagnostic report error QNT0701 0 0 gate map_drop_max: 2.10 points lost, limit 1.00");

        var build = await project.DeployAsync("-restore", "-tl:off", "-p:QuantGateReport=reports");

        Assert.Equal(1, build.ExitCode);
        Assert.Contains("error QNT0701: gate map_drop_max: 2.10 points lost, limit 1.00", build.Output, StringComparison.Ordinal);
        Assert.True(project.Exists("reports/a.junit.xml") && project.Exists("reports/a.report.md"));
        project.TakeCalls();

        // Judged again, not forgotten.
        Assert.Equal(1, (await project.DeployAsync()).ExitCode);
        Assert.Equal(["a.yaml report"], project.TakeCalls());
    }

    [Theory]
    [InlineData("error", 1)]
    [InlineData("warning", 0)]
    public async Task An_inconclusive_gate_is_what_the_property_says(string severity, int exitCode)
    {
        using var project = new Consumer(feed, One);
        project.Write("a.yaml", "name: a\n# fake: diagnostic report error QNT0702 0 0 gate map_drop_max: 0.8 ± 0.5 points, limit 1.0");

        var build = await project.DeployAsync("-restore", "-tl:off", $"-p:QuantInconclusiveGate={severity}");

        Assert.Equal(exitCode, build.ExitCode);
        Assert.Contains($"{severity} QNT0702: gate map_drop_max: 0.8 ± 0.5 points, limit 1.0", build.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("crash", "QNT0932", "Segmentation fault")]
    [InlineData("version", "QNT0933", "version 99")]
    public async Task A_worker_that_breaks_is_one_coded_error(string order, string code, string says)
    {
        using var project = new Consumer(feed, One);
        project.Write("a.yaml", $"name: a\n# fake: {order} export");

        var build = await project.DeployAsync("-restore", "-tl:off");

        Assert.Equal(1, build.ExitCode);
        Assert.Contains($"error {code}", build.Output, StringComparison.Ordinal);
        Assert.Contains(says, build.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("MSB", build.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_tool_the_error_says_how_to_get_it()
    {
        using var project = new Consumer(feed, One);
        project.Write("a.yaml", "name: a");

        var missing = await project.DeployAsync("-restore", "-tl:off", "-p:QuantToolAssembly=nowhere/deploy.dll");
        var unrestored = await project.DeployAsync("-tl:off", "-p:QuantToolAssembly=");

        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("error QNT0931: QuantToolAssembly names", missing.Output, StringComparison.Ordinal);
        Assert.Equal(1, unrestored.ExitCode);
        Assert.Contains("error QNT0931: the local tool 'deploy' is not there; run 'dotnet tool restore'", unrestored.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_models_of_one_name_are_refused()
    {
        using var project = new Consumer(feed, """<QuantModel Include="a.yaml" /><QuantModel Include="other/a.yaml" />""");

        var build = await project.DeployAsync("-restore", "-tl:off");

        Assert.Equal(1, build.ExitCode);
        Assert.Contains("other/a.yaml : error QNT0934: two QuantModel items are named 'a'", build.Output, StringComparison.Ordinal);
        Assert.Empty(project.TakeCalls());
    }
}
