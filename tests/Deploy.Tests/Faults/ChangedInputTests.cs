using Deploy.Commands;
using Deploy.Configuration;
using Deploy.Output;
using Deploy.Pipeline;
using Deploy.Tests.Commands;
using Deploy.Tests.Engines.TensorRt;
using Quant.Core.Checkpoints;
using Testing;
using TorchSharp;

namespace Deploy.Tests.Faults;

/// <summary>Files and clocks that change under a run's feet.</summary>
[Collection("faults")]
public sealed class ChangedInputTests(SmallJob job)
{
    private static readonly string Checkpoint = Path.Combine(Repository.Root, "samples", "centerpoint_sim", "centerpoint_tiny.pth");

    [Theory]
    [InlineData("load")]
    [InlineData("fuse")]
    [InlineData("export")]
    public async Task A_checkpoint_replaced_during_a_stage_is_refused_and_the_next_run_uses_the_new_one_alone(string stage)
    {
        using var folder = new TempFolder();
        var (path, other) = (folder.File("checkpoint.pth"), folder.File("other.pth"));
        File.Copy(Checkpoint, path);
        WriteOther(other);
        string[] Options(string work) => SmallJob.Options(folder.File(work), "--to", "export", "--set", $"checkpoint_path={path}");
        using var error = new TriggerWriter($"{stage} …", () => File.Move(other, path, overwrite: true));

        var exit = await DeployCommandLine.RunAsync(Options("work"), new Surroundings(TorchFixture.Search, null, "", false, false), TextWriter.Null, error, interactive: false);

        Assert.Equal(2, exit);
        Assert.Contains("error QNT0370", error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File($"work/stages/{stage}.json")));
        Assert.Equal(0, DeployRunner.Run(Options("work")).ExitCode);
        Assert.Equal(0, DeployRunner.Run(Options("fresh")).ExitCode);
        Assert.Equal(SmallJob.Digests(folder.File("fresh")), SmallJob.Digests(folder.File("work")));
        Assert.NotEqual(job.Expected["fused.pth"], Fingerprint.OfFile(folder.File("work/fused.pth")));
    }

    [Theory]
    [InlineData("fused.pth", "fuse")]
    [InlineData("onnx/int8/pts_backbone_neck_head.onnx", "export")]
    [InlineData("detections/int8.json", "evaluate")]
    public void A_file_that_is_gone_or_cut_from_a_finished_stage_is_made_again(string file, string stage)
    {
        using var work = TempFolder.CopyOf(job.Folder);
        Assert.Equal(0, SmallJob.Run(work.Path, "--to", "evaluate").ExitCode);
        File.Delete(work.File(file));

        var deleted = SmallJob.Run(work.Path, "--to", "evaluate");
        using (var stream = File.OpenWrite(work.File(file)))
        {
            stream.SetLength(stream.Length / 2);
        }

        var cut = SmallJob.Run(work.Path, "--to", "evaluate");

        Assert.All([deleted, cut], result => Assert.Contains($"{stage}: done", result.Error, StringComparison.Ordinal));
        Assert.Equal(job.Expected, SmallJob.Digests(work.Path));
    }

    [Fact]
    public void A_record_cut_short_means_that_its_stage_runs_again()
    {
        using var work = TempFolder.CopyOf(job.Folder);
        Assert.Equal(0, SmallJob.Run(work.Path, "--to", "insert").ExitCode);
        File.WriteAllText(work.File("stages/insert.json"), File.ReadAllText(work.File("stages/insert.json"))[..30]);

        var result = SmallJob.Run(work.Path, "--to", "insert");

        Assert.Contains("insert: done", result.Error, StringComparison.Ordinal);
        Assert.Equal(job.Expected, SmallJob.Digests(work.Path));
    }

    [Fact]
    public void A_clock_that_runs_backwards_and_odd_file_times_change_nothing()
    {
        using var work = new TempFolder();
        var clock = new BackwardsClock();

        Run(work.Path, clock);
        var random = new Random(1);
        foreach (var file in Directory.EnumerateFiles(work.Path, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddDays(random.Next(60_000)));
        }

        var second = Run(work.Path, clock);

        Assert.Equal(10, second.Split('\n').Count(line => line.EndsWith(": up to date", StringComparison.Ordinal)));
        Assert.Equal(job.Expected, SmallJob.Digests(work.Path));
    }

    [Fact]
    public void The_report_alone_is_written_from_a_finished_run()
    {
        using var work = TempFolder.CopyOf(job.Folder);
        SmallJob.Run(work.Path);
        File.Delete(work.File("report.html"));

        var result = SmallJob.Run(work.Path, "--only", "report");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.True(File.Exists(work.File("report.html")));
        Assert.DoesNotContain("gate", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trtexec_that_vanishes_half_way_is_named_and_leaves_no_engine_that_counts()
    {
        using var work = TempFolder.CopyOf(job.Folder);
        using var tools = new TempFolder();
        var fake = new FakeTrtexec(tools, new { version = "10.3.0", computes = true });
        fake.Order(new { version = "10.3.0", computes = true, build = new { vanishes = fake.Program } });
        string[] options = ["--to", "engine", "--set", $"backend_config.trtexec={fake.Program}"];

        var gone = SmallJob.Run(work.Path, options);
        var recorded = File.Exists(work.File("stages/engine.json"));
        var left = SmallJob.Leftovers(work.Path).ToList();
        _ = new FakeTrtexec(tools, new { version = "10.3.0", computes = true });
        var again = SmallJob.Run(work.Path, options);

        Assert.True(gone.ExitCode == 3, $"{gone.ExitCode} {gone.Error}");
        Assert.Contains("error QNT0911", gone.Error, StringComparison.Ordinal);
        Assert.False(recorded);
        Assert.Empty(left);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.True(File.Exists(work.File("engine/int8/pts_backbone_neck_head.engine")));
    }

    private static string Run(string workDir, TimeProvider clock)
    {
        var text = new StringWriter();
        using var log = new RunLog(Terminal.Create(text, interactive: false), Verbosity.Normal, clock);
        using var work = WorkDirectory.Open(workDir);
        log.OpenFile(work["deploy.log"]);
        var context = new PipelineContext
        {
            Loaded = ConfigLoader.Load(DeployRunner.SampleConfig, [$"work_dir={workDir}", "device=cpu", .. SmallJob.Overrides]),
            Work = work,
            Log = log,
            Device = torch.CPU,
            Surroundings = new Surroundings(TorchFixture.Search, null, "", false, false),
            Clock = clock,
        };
        PipelineRunner.Run(context, null, Stage.Report, force: false);
        return text.ToString();
    }

    /// <summary>The same network with one weight tensor scaled.</summary>
    private static void WriteOther(string path)
    {
        using var checkpoint = CheckpointReader.Read(Checkpoint);
        var (key, tensor) = checkpoint.StateDict.First(item => item.Key.EndsWith("weight", StringComparison.Ordinal));
        var scaled = CheckpointTensor.FromFloat32([.. tensor.ToFloat32().Select(value => 1.5f * value)], [.. tensor.Shape]);
        CheckpointWriter.Write(path, new StateDict(checkpoint.StateDict.Select(item => item.Key == key ? KeyValuePair.Create(key, scaled) : item)));
    }

    private sealed class BackwardsClock : TimeProvider
    {
        private int hours;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(60).AddHours(-hours++);
    }
}
