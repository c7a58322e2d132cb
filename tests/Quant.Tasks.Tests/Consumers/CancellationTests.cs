using System.Diagnostics;

namespace Quant.Tasks.Tests.Consumers;

/// <summary>A build that is cancelled while the worker runs.</summary>
public sealed class CancellationTests(PackageFeed feed)
{
    [Fact]
    public async Task A_cancelled_build_ends_the_worker_and_its_children_and_leaves_no_partial_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Ctrl+C is sent with kill -INT");
        using var project = new Consumer(feed, """<QuantModel Include="a.yaml" />""");
        project.Write("a.yaml", "name: a\n# fake: hang export");
        await project.RestoreAsync();

        using var build = project.Start("build", "-t:QuantDeploy", "--no-restore", "-tl:off");
        var output = build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await WaitForAsync(() => project.Exists("worker.pid"), () => $"the worker did not start: {build.HasExited}");
        int[] workers = [.. File.ReadAllText(project.File("worker.pid")).Split(' ').Select(int.Parse)];
        Assert.All(workers, worker => Assert.True(IsRunning(worker)));
        using (var kill = Process.Start("kill", ["-INT", $"{build.Id}"]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await build.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.NotEqual(0, build.ExitCode);
        await WaitForAsync(() => !workers.Any(IsRunning), () => "the worker is still running");
        Assert.DoesNotContain(Directory.EnumerateFiles(project.Root, "*", SearchOption.AllDirectories), file => Path.GetFileName(file).StartsWith(".tmp-", StringComparison.Ordinal));
        Assert.True(project.Exists("obj/Debug/net10.0/quant/a/quantize.json"));
        Assert.False(project.Exists("obj/Debug/net10.0/quant/a/export.json"));
        Assert.DoesNotContain("QNT", await output, StringComparison.Ordinal);
    }

    private static async Task WaitForAsync(Func<bool> condition, Func<string> otherwise)
    {
        var limit = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(limit.Elapsed < TimeSpan.FromMinutes(1), otherwise());
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    // A process that ended but was not waited for is still listed: state Z.
    private static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !OperatingSystem.IsLinux() || !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is ArgumentException or IOException or InvalidOperationException)
        {
            return false;
        }
    }
}
