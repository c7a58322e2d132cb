using Deploy.Commands;
using Deploy.Pipeline;
using Deploy.Tests.Commands;
using Deploy.Tests.Engines.TensorRt;
using Testing;

namespace Deploy.Tests.Faults;

/// <summary>What only the report shows cannot be read: a warning and a sentence in the report, since the verdict stands without it.</summary>
[Collection("faults")]
public sealed class ReportInputTests(SmallJob job)
{
    [Fact]
    public async Task A_frame_whose_points_are_gone_is_drawn_with_boxes_alone()
    {
        using var data = TempFolder.CopyOf(Path.Combine(Repository.Root, "samples", "centerpoint_sim", "validation"));
        using var work = new TempFolder();
        using var error = new TriggerWriter("report …", () => Directory.Delete(data.File("data"), recursive: true));

        var exit = await DeployCommandLine.RunAsync(
            SmallJob.Options(work.Path, "--set", $"dataset.validation.root={data.Path}"), new Surroundings(TorchFixture.Search, null, "", false, false), TextWriter.Null, error, interactive: false);

        Assert.True(exit == 0, error.ToString());
        Assert.Equal(2, error.ToString().Split('\n').Count(line => line.Contains("warning QNT0940: the picture of frame ", StringComparison.Ordinal)));
        var report = File.ReadAllText(work.File("report.html"));
        Assert.Contains("its points could not be read", report, StringComparison.Ordinal);
        Assert.Contains("class=\"truth\"", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sensitivity.json", "[1, 2")]
    [InlineData("search.json", "{\"points\": 3}")]
    public void A_section_of_an_unreadable_file_says_so_and_the_others_stand(string file, string text)
    {
        using var work = TempFolder.CopyOf(job.Folder);
        SmallJob.Run(work.Path);
        File.WriteAllText(work.File(file), text);

        var result = SmallJob.Run(work.Path, "--only", "report");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains($"warning QNT0941: a section of the report is left out: {file}: ", result.Error, StringComparison.Ordinal);
        var report = File.ReadAllText(work.File("report.md"));
        Assert.Contains($"Not shown: {file}: ", report, StringComparison.Ordinal);
        Assert.Contains("mAP", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_whose_audit_is_cut_short_is_reported_without_it()
    {
        using var work = TempFolder.CopyOf(job.Folder);
        using var tools = new TempFolder();
        var fake = new FakeTrtexec(tools, new { version = "10.3.0", computes = true });
        var audit = work.File("engine/int8/pts_backbone_neck_head.engine.json");
        using var error = new TriggerWriter("report …", () => File.WriteAllText(audit, File.ReadAllText(audit)[..40]));
        string[] options = SmallJob.Options(work.Path, "--set", $"backend_config.trtexec={fake.Program}", "--set", "gates.int8_time_share_min=null");

        var exit = await DeployCommandLine.RunAsync(options, new Surroundings(TorchFixture.Search, null, "", false, false), TextWriter.Null, error, interactive: false);

        Assert.True(exit is 0 or 1, error.ToString());
        Assert.Contains($"{audit}: warning QNT0941: the engine's audit is left out of the report: ", error.ToString(), StringComparison.Ordinal);
        var report = File.ReadAllText(work.File("report.html"));
        Assert.Contains("Audit of fp16/pts_voxel_encoder.engine", report, StringComparison.Ordinal);
        Assert.Contains("Audit of int8/pts_voxel_encoder.engine", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Audit of int8/pts_backbone_neck_head.engine", report, StringComparison.Ordinal);
    }
}
