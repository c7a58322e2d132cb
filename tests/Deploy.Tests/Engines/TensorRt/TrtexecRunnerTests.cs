using System.Diagnostics;
using Deploy.Engines.TensorRt;
using Quant.Core.Diagnostics;
using Testing;

namespace Deploy.Tests.Engines.TensorRt;

public sealed class TrtexecRunnerTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("8.5.3")]
    [InlineData("8.6.1")]
    [InlineData("10.16.1")]
    [InlineData("11.2.0")]
    public void The_version_comes_from_a_run_that_fails(string version) =>
        Assert.Equal(version, TrtexecRunner.Version(new FakeTrtexec(folder, new { version }).Program, Cancel).ToString());

    [Fact]
    public void Both_streams_are_kept_and_phases_told_while_it_runs()
    {
        var fake = new FakeTrtexec(folder, new { build = new { kind = "error_but_pass" } });
        var phases = new List<string>();

        var run = TrtexecRunner.Run(fake.Program, [$"--onnx={Graphs.Write(folder.File("m.onnx"), shape: [1])}"], new TrtexecRunOptions { Phase = phase => { lock (phases) { phases.Add(phase.Name); } } }, Cancel);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("[E] [TRT] something is wrong", run.Log, StringComparison.Ordinal);
        Assert.Equal(["start", "parse", "build", "built", "measure", "done"], phases);
        Assert.Equal("other", TrtexecSuccess.Judge(run, [], false).Cause!.Class);
    }

    [Fact]
    public void A_time_out_leaves_no_process()
    {
        var fake = new FakeTrtexec(folder, new { build = new { kind = "hang", pids = folder.File("pids") } });

        var run = TrtexecRunner.Run(fake.Program, [$"--onnx={Graphs.Write(folder.File("m.onnx"), shape: [1])}"], new TrtexecRunOptions { Timeout = TimeSpan.FromSeconds(4) }, Cancel);

        Assert.True(run.TimedOut);
        Assert.Equal("timed_out", TrtexecSuccess.Judge(run, [], false).Cause!.Class);
        AssertGone(File.ReadAllLines(folder.File("pids")));
    }

    [Fact]
    public async Task A_cancelled_run_leaves_no_process()
    {
        var fake = new FakeTrtexec(folder, new { build = new { kind = "hang", pids = folder.File("pids") } });
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var stop = WhenHanging();

        Assert.Throws<OperationCanceledException>(() => TrtexecRunner.Run(fake.Program, [$"--onnx={Graphs.Write(folder.File("m.onnx"), shape: [1])}"], new TrtexecRunOptions(), source.Token));
        await stop;
        AssertGone(File.ReadAllLines(folder.File("pids")));

        async Task WhenHanging()
        {
            while (!File.Exists(folder.File("pids")))
            {
                await Task.Delay(20, Cancel);
            }

            await source.CancelAsync();
        }
    }

    [Fact]
    public void A_flood_of_output_is_cut_in_the_middle_and_stopped()
    {
        var fake = new FakeTrtexec(folder, new { build = new { kind = "flood" } });

        var run = TrtexecRunner.Run(fake.Program, [$"--onnx={Graphs.Write(folder.File("m.onnx"), shape: [1])}"], new TrtexecRunOptions { Timeout = TimeSpan.FromSeconds(3), LogLimit = 100_000 }, Cancel);

        Assert.True(run.TimedOut);
        Assert.StartsWith("&&&& RUNNING", run.Log, StringComparison.Ordinal);
        Assert.Contains("lines left out", run.Log, StringComparison.Ordinal);
        Assert.InRange(run.Log.Length, 50_000, 120_000);
    }

    [Fact]
    public void A_program_that_is_not_trtexec_is_refused()
    {
        var path = Script("echo hello");

        Assert.Equal("QNT0911", Assert.Throws<QuantException>(() => TrtexecRunner.Version(path, Cancel)).Code);
    }

    [Fact]
    public void A_missing_library_is_named()
    {
        var path = Script("echo 'trtexec: error while loading shared libraries: libnvinfer.so.10: cannot open shared object file: No such file or directory' >&2; exit 127");

        Assert.Contains("libnvinfer.so.10", Assert.Throws<QuantException>(() => TrtexecRunner.Version(path, Cancel)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_executed_is_refused()
    {
        File.WriteAllText(folder.File("trtexec"), "no program");

        Assert.Equal("QNT0911", Assert.Throws<QuantException>(() => TrtexecRunner.Version(folder.File("trtexec"), Cancel)).Code);
    }

    [Fact]
    public void Trtexec_is_found_by_path_then_variable_then_search()
    {
        Directory.CreateDirectory(folder.File("a"));
        Directory.CreateDirectory(folder.File("b"));
        var (a, b) = (folder.File($"a/{TrtexecLocator.FileName}"), folder.File($"b/{TrtexecLocator.FileName}"));
        File.WriteAllText(a, "");
        File.WriteAllText(b, "");

        Assert.Equal(b, TrtexecLocator.Find(b, a, folder.File("a")));
        Assert.Equal(b, TrtexecLocator.Find(null, folder.File("b"), folder.File("a")));
        Assert.Equal(a, TrtexecLocator.Find(null, "", $"{folder.File("nowhere")}{Path.PathSeparator}{folder.File("a")}"));
        Assert.Null(TrtexecLocator.Find(null, null, folder.File("nowhere")));
        Assert.Equal("QNT0910", Assert.Throws<QuantException>(() => TrtexecLocator.Find(folder.File("nowhere"), null, folder.File("a"))).Code);
        Assert.Contains("TRTEXEC", Assert.Throws<QuantException>(() => TrtexecLocator.Find(null, folder.File("nowhere"), "")).Message, StringComparison.Ordinal);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static void AssertGone(string[] pids)
    {
        Assert.Equal(2, pids.Length);
        foreach (var pid in pids)
        {
            // The child of a killed process is reaped by init a moment later.
            var limit = Stopwatch.StartNew();
            while (Alive(pid) && limit.Elapsed < TimeSpan.FromSeconds(5))
            {
                Thread.Sleep(20);
            }

            Assert.False(Alive(pid), $"process {pid} still runs");
        }
    }

    private static bool Alive(string pid) => File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    private string Script(string line) => ShellScript.Write(folder.File("trtexec"), line);
}
