using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Deploy.Pipeline;
using Deploy.Tests.Commands;
using Testing;

namespace Deploy.Tests.Pipeline;

public sealed class TrainingTests
{
    private static readonly string Checkpoint = Path.Combine(Repository.Root, "samples", "centerpoint_sim", "centerpoint_tiny.pth");

    [Fact]
    public void Two_trainings_of_one_seed_give_the_same_bits_and_leave_no_state_behind()
    {
        using var work = new TempFolder();
        string[] common = ["train", .. DeployRunner.QuickSample(work.File("w"), "--set", "train_cfg.batch_size=4", "--set", "train_cfg.evaluation_frames=1", "--set", "train_cfg.epochs=2")];

        var whole = DeployRunner.Run([.. common, "--checkpoint", Checkpoint, "--output", work.File("whole.pth")]);
        var again = DeployRunner.Run([.. common, "--checkpoint", Checkpoint, "--output", work.File("again.pth")]);
        var refused = DeployRunner.Run([.. common, "--checkpoint", Checkpoint, "--output", work.File("x.pth"), "--max-time", "soon"]);

        Assert.True(whole.ExitCode == 0, whole.Error);
        Assert.Contains("epoch 2/2", whole.Error, StringComparison.Ordinal);
        Assert.Equal(Fingerprint.OfFile(work.File("whole.last.pth")), Fingerprint.OfFile(work.File("again.last.pth")));
        Assert.False(Directory.Exists(work.File("whole.pth.state")));
        Assert.Contains("'soon' is no time", refused.Error, StringComparison.Ordinal);
        Assert.Equal(2, refused.ExitCode);
    }

    [Fact]
    public void The_pipelines_qat_mode_trains_between_correction_and_export()
    {
        using var work = new TempFolder();
        string[] options = DeployRunner.QuickSample(work.Path, "--set", "quantization.mode=qat", "--set", "quantization.qat={epochs: 1, batch_size: 4, learn_step_size: true}", "--set", "train_cfg.evaluation_frames=1", "--to", "compare");

        var run = DeployRunner.Run(["run", .. options]);
        var second = DeployRunner.Run(["run", .. options]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("train: done", run.Error, StringComparison.Ordinal);
        Assert.Contains("train: up to date", second.Error, StringComparison.Ordinal);
        var table = JsonFile.Read<JsonElement>(work.File("qat_quantization.json")).GetProperty("layers").EnumerateArray().First(layer => layer.GetProperty("quantized").GetBoolean());
        Assert.Equal("learned", table.GetProperty("input").GetProperty("method").GetString());
        Assert.True(File.Exists(work.File("qat.pth")));
        Assert.True(JsonFile.Read<JsonElement>(work.File("compare.json")).GetProperty("outputs").EnumerateArray().All(output => output.GetProperty("value").GetDouble() < 1));
    }

    /// <summary>One step each, so that the losses are those of the same weights.</summary>
    [Fact]
    public void Labels_join_the_teacher_by_their_weight()
    {
        using var work = new TempFolder();
        double Loss(params string[] how)
        {
            var run = DeployRunner.Run(["qat", .. DeployRunner.QuickSample(work.File("w"), "--set", "dataset.calibration.num_frames=2", "--set", "train_cfg.evaluation_frames=1"), "--checkpoint", Checkpoint, "--epochs", "1", "--output", work.File("qat.pth"), .. how]);
            Assert.True(run.ExitCode == 0, run.Error);
            return double.Parse(Regex.Match(run.Error, "epoch 1/1: loss ([0-9.]+)").Groups[1].Value, CultureInfo.InvariantCulture);
        }

        var labels = Loss();
        var teacher = Loss("--set", "quantization.qat.teacher=true");
        var both = Loss("--set", "quantization.qat.teacher=true", "--set", "quantization.qat.label_weight=0.5");

        Assert.NotEqual(labels, teacher);
        Assert.Equal(teacher + (0.5 * labels), both, 2e-4);
    }

    [Fact]
    public void Without_labels_the_float_model_teaches_or_the_config_is_refused()
    {
        using var work = new TempFolder();
        var points = Directory.CreateDirectory(work.File("points")).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "samples", "centerpoint_sim", "calibration", "data", "LIDAR_CONCAT")).Order(StringComparer.Ordinal).Take(4))
        {
            File.Copy(file, Path.Combine(points, Path.GetFileName(file)));
        }

        string[] common =
        [
            "qat", "--config", DeployRunner.SampleConfig, "--work-dir", work.File("w"), "--device", "cpu", "--checkpoint", Checkpoint, "--output", work.File("qat.pth"), "--epochs", "1",
            "--set", "dataset.type=folder", "--set", $"dataset.calibration.root={points}", "--set", $"dataset.validation.root={points}", "--set", "quantization.equalization.alpha=0.75", "--set", "quantization.qat.batch_size=2",
        ];

        var refused = DeployRunner.Run(common);
        var taught = DeployRunner.Run([.. common, "--set", "quantization.qat.teacher=true"]);
        var both = DeployRunner.Run([.. common, "--set", "quantization.qat.teacher=true", "--set", "quantization.qat.label_weight=1"]);

        Assert.Contains("error QNT0323", refused.Error, StringComparison.Ordinal);
        Assert.Contains("error QNT0323", both.Error, StringComparison.Ordinal);
        Assert.True(taught.ExitCode == 0, taught.Error);
        Assert.True(File.Exists(work.File("qat.pth")));
    }
}
