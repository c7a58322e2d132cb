using System.Text.RegularExpressions;
using Testing;

namespace Quant.Tasks.Tests.Consumers;

/// <summary>The sample project as a user copies it, with the real <c>deploy</c> installed as a local tool.</summary>
public sealed class RealWorkerTests(PackageFeed feed)
{
    [Fact]
    [Trait("Category", "Slow")]
    public async Task The_sample_project_builds_a_gated_engine_with_the_tool_from_the_feed()
    {
        await feed.PackAsync("src/Deploy");
        using var project = SampleProject();

        var install = await project.RunAsync("tool", "restore");
        Assert.True(install.ExitCode == 0, install.Output);
        var version = await project.RunAsync("tool", "run", "deploy", "--", "--version");
        var commit = Path.Exists(Path.Combine(Repository.Root, ".git")) ? @"\+[0-9a-f]{40}" : "";
        Assert.Matches(new Regex($@"^\d+\.\d+\.\d+{commit}\s*$"), version.Output);
        Assert.DoesNotContain(Directory.EnumerateFiles(feed.Cache, "*torch_cpu*", SearchOption.AllDirectories), _ => true);

        var first = await project.DeployAsync("-restore", "-tl:off", $"-p:QuantLibTorch={LibTorchFolder()}", "-p:QuantGateReport=reports");

        Assert.True(first.ExitCode == 0, first.Output);
        Assert.Contains("testcase", File.ReadAllText(project.File("reports/centerpoint.junit.xml")), StringComparison.Ordinal);
        Assert.True(project.Exists("obj/Debug/net10.0/quant/centerpoint/work/engine.json"));
        var second = await project.DeployAsync("-v:normal", "-tl:off", $"-p:QuantLibTorch={LibTorchFolder()}", "-p:QuantGateReport=reports");
        Assert.Equal(0, second.ExitCode);
        foreach (var step in (string[])["Quantize", "Export", "Compare", "BuildEngine", "Gate"])
        {
            Assert.Contains($"Skipping target \"_Quant{step}\" because all output files are up-to-date", second.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_real_worker_names_the_line_of_a_broken_config()
    {
        using var project = new Consumer(feed, """<QuantModel Include="deploy.yaml" />""", tool: PackageFeed.Output("src/Deploy", "deploy.dll"));
        project.Write("deploy.yaml", "name: a\nquantization:\n  thresold: 1\n");

        var build = await project.DeployAsync("-restore", "-tl:off");

        Assert.Equal(1, build.ExitCode);
        Assert.Matches(new Regex(@"(?m)^\s*\S*deploy\.yaml\(3,3\): error QNT0102: .*thresold.* \[.*App\.csproj\]"), build.Output);
        Assert.Contains("error QNT0106", build.Output, StringComparison.Ordinal);
    }

    /// <summary>The sample with its paths made absolute, few frames and the test's versions.</summary>
    private Consumer SampleProject()
    {
        var sample = Path.Combine(Repository.Root, "samples", "deployment-project");
        var project = new Consumer(feed, "");
        File.Delete(project.File("App.csproj"));
        foreach (var name in (string[])["DeploymentProject.csproj", ".config/dotnet-tools.json"])
        {
            project.Write(name, File.ReadAllText(Path.Combine(sample, name)).Replace("\"0.1.0\"", $"\"{PackageFeed.Version}\"", StringComparison.Ordinal));
        }

        var config = File.ReadAllText(Path.Combine(sample, "deploy.yaml"));
        project.Write("deploy.yaml", config.Replace("../../", $"{Repository.Root}/", StringComparison.Ordinal).Replace("../", $"{Repository.Root}/samples/", StringComparison.Ordinal) + """

            dataset: {calibration: {num_frames: 8}, validation: {num_frames: 4}}
            quantization: {equalization: {alpha: 0.75}}
            verification: {num_verify_samples: 2}
            latency: {warmup: 1, iterations: 3}
            gates: {map_drop_max: null, nds_drop_max: null}
            """);
        return project;
    }

    private static string LibTorchFolder()
    {
        var rid = OperatingSystem.IsWindows() ? "win-x64" : OperatingSystem.IsMacOS() ? "osx-arm64" : "linux-x64";
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return Environment.GetEnvironmentVariable("QUANT_LIBTORCH") ?? Path.Combine(packages, $"libtorch-cpu-{rid}", "2.10.0", "runtimes", rid, "native");
    }
}
