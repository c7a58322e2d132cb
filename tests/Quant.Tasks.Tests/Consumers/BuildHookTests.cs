namespace Quant.Tasks.Tests.Consumers;

/// <summary>What build, publish, clean and several projects at once do with the package.</summary>
public sealed class BuildHookTests(PackageFeed feed)
{
    private const string One = """<QuantModel Include="a.yaml" />""";

    [Fact]
    public async Task A_plain_build_and_publish_run_nothing_unless_asked()
    {
        using var project = new Consumer(feed, One);
        project.Write("a.yaml", "name: a");

        Assert.Equal(0, (await project.RunAsync("build")).ExitCode);
        Assert.Equal(0, (await project.RunAsync("publish", "-o", "plain")).ExitCode);
        Assert.Empty(project.TakeCalls());
        Assert.False(project.Exists("plain/engines"));

        var build = await project.RunAsync("build", "-p:QuantDeployOnBuild=true");
        Assert.True(build.ExitCode == 0, build.Output);
        Assert.Equal(5, project.TakeCalls().Length);
        Assert.Equal(0, (await project.RunAsync("build", "-p:QuantDeployOnBuild=true", "-p:DesignTimeBuild=true")).ExitCode);
        Assert.Empty(project.TakeCalls());
    }

    [Fact]
    public async Task Publish_adds_the_engines_when_asked()
    {
        using var project = new Consumer(feed, """<QuantModel Include="a.yaml" Name="front" />""", "<PropertyGroup><QuantDeployOnPublish>true</QuantDeployOnPublish></PropertyGroup>");
        project.Write("a.yaml", "name: a");

        var publish = await project.RunAsync("publish", "-o", "out");

        Assert.True(publish.ExitCode == 0, publish.Output);
        Assert.True(project.Exists("out/engines/front/int8/model.engine"));
        Assert.False(project.Exists("out/engines/front/engine.json"));
    }

    [Fact]
    public async Task Clean_leaves_nothing_and_only_deletes_its_own()
    {
        using var project = new Consumer(feed, """<QuantModel Include="a.yaml" /><QuantModel Include="b.yaml" WorkDir="results" />""", "<PropertyGroup><QuantGateReport>reports</QuantGateReport></PropertyGroup>");
        project.Write("a.yaml", "name: a");
        project.Write("b.yaml", "name: b");
        project.Write("results/notes.txt", "mine");
        Assert.Equal(0, (await project.RunAsync("build", "-p:QuantDeployOnBuild=true")).ExitCode);
        Assert.True(project.Exists("results/engine/int8/model.engine") && project.Exists("reports/a.junit.xml"));

        // A build without the hook keeps what was deployed.
        Assert.Equal(0, (await project.RunAsync("build")).ExitCode);
        Assert.True(project.Exists("obj/Debug/net10.0/quant/a/work/gate.json"));

        var clean = await project.RunAsync("clean");
        Assert.True(clean.ExitCode == 0, clean.Output);
        Assert.False(project.Exists("obj/Debug/net10.0/quant"));
        Assert.False(project.Exists("reports"));
        Assert.Equal([project.File("results/notes.txt")], Directory.GetFileSystemEntries(project.File("results")));
    }

    [Fact]
    public async Task Targets_of_the_project_run_between_the_steps()
    {
        using var project = new Consumer(feed, One, """<Target Name="Mine" AfterTargets="QuantAfterExport"><Message Importance="high" Text="exported" /></Target>""");
        project.Write("a.yaml", "name: a\n# fake: diagnostic compare error QNT0601 1 1 stop here");

        var build = await project.DeployAsync("-restore", "-tl:off");

        Assert.Equal(1, build.ExitCode);
        Assert.Contains("exported", build.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Projects_that_share_a_config_build_in_parallel()
    {
        using var project = new Consumer(feed, "");
        project.Write("shared/a.yaml", "name: a");
        string[] names = ["p1", "p2", "p3"];
        foreach (var name in names)
        {
            project.Write($"{name}/{name}.csproj", Consumer.Project("""<QuantModel Include="../shared/a.yaml" />"""));
        }

        File.Delete(project.File("App.csproj"));
        project.Write("all.proj", $"""
            <Project DefaultTargets="Build">
              <ItemGroup><P Include="{string.Join(';', names.Select(name => $"{name}/{name}.csproj"))}" /></ItemGroup>
              <Target Name="Restore"><MSBuild Projects="@(P)" Targets="Restore" Properties="R=1" /></Target>
              <Target Name="Build"><MSBuild Projects="@(P)" Targets="QuantDeploy" BuildInParallel="true" /></Target>
            </Project>
            """);

        var build = await project.RunAsync("build", "all.proj", "-m:3");

        Assert.True(build.ExitCode == 0, build.Output);
        foreach (var name in names)
        {
            Assert.Equal(5, File.ReadAllLines(project.File($"{name}/calls.log")).Length);
            Assert.True(project.Exists($"{name}/obj/Debug/net10.0/quant/a/work/gate.json"));
        }
    }
}
