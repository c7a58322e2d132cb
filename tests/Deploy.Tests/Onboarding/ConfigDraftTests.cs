using Deploy.Configuration;
using Deploy.Onboarding;
using Deploy.Tests.Commands;
using Quant.Core.Checkpoints;
using Quant.Core.Tests.Models;
using Testing;
using Xunit;

namespace Deploy.Tests.Onboarding;

public sealed class ConfigDraftTests
{
    private static readonly string Sample = Path.Combine(Repository.Root, "samples", "centerpoint_sim", "centerpoint_tiny.pth");

    public static string TrainingConfig { get; } = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Deploy.Tests", "Onboarding", "awml_second.cfg.py"));

    public static TheoryData<string> Shipped() => [.. Directory.GetFiles(Path.Combine(Repository.Root, "deploy_configs"), "*.yaml").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Fact]
    public void With_its_training_config_the_samples_model_section_comes_back_whole()
    {
        using var work = new TempFolder();
        using (var sample = CheckpointReader.Read(Sample))
        {
            CheckpointWriter.Write(work.File("epoch_50.pth"), sample.StateDict, new Dictionary<string, string> { ["cfg"] = TrainingConfig });
        }

        var result = DeployRunner.Run("init", "--checkpoint", work.File("epoch_50.pth"), "--output", work.File("made.yaml"), "--data", Path.Combine(Repository.Root, "samples", "centerpoint_sim", "calibration"));

        Assert.Equal("", string.Join('\n', result.Error.Split('\n').Where(line => line.Contains("warning", StringComparison.Ordinal) || line.Contains("error", StringComparison.Ordinal))));
        var (made, shipped) = (ConfigLoader.Load(work.File("made.yaml"), []).Config.Model, ConfigLoader.Load(DeployRunner.SampleConfig, []).Config.Model);
        Assert.Equal(Text(shipped with { MaxVoxels = 60000, TestCfg = shipped.TestCfg with { PostCenterLimitRange = [-70, -70, -10, 70, 70, 10] } }), Text(made));
        Assert.DoesNotContain("CHECK: voxel_size", File.ReadAllText(work.File("made.yaml")), StringComparison.Ordinal);

        static string Text<T>(T value) => Deploy.Pipeline.JsonFile.Text(value);
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void The_dimensions_of_every_shipped_model_are_read_from_its_weights(string name)
    {
        using var work = new TempFolder();
        var model = ConfigLoader.Load(Path.Combine(Repository.Root, "deploy_configs", name), []).Config.Model;
        CheckpointWriter.Write(work.File("random.pth"), RandomModel.StateDict(model, 1));
        using var checkpoint = CheckpointReader.Read(work.File("random.pth"));

        var shapes = CheckpointShapes.Read(checkpoint.StateDict, "random.pth");

        Assert.Equal(model.PtsVoxelEncoder.DecoratedChannels, shapes.DecoratedChannels);
        Assert.Equal(model.PtsVoxelEncoder.FeatChannels, shapes.FeatChannels);
        Assert.Equal(model.PtsBackbone.Type, shapes.Backbone);
        Assert.Equal(model.PtsBackbone.Type == "SECOND" ? model.PtsBackbone.LayerNums : model.PtsBackbone.Depths, shapes.StageDepths);
        Assert.Equal(model.PtsNeck.OutChannels, shapes.NeckChannels);
        Assert.Equal(model.PtsNeck.UpsampleStrides, shapes.UpsampleStrides);
        Assert.Equal(model.PtsBboxHead.Tasks.Select(task => task.Count), shapes.TaskClasses);
        Assert.Equal(model.PtsBboxHead.CommonHeads.Keys, shapes.CommonHeads.Keys);
        Assert.Equal(0, DeployRunner.Run("init", "--checkpoint", work.File("random.pth"), "--output", work.File("made.yaml")).ExitCode);
    }

    [Fact]
    public void Where_weights_and_training_config_disagree_the_weights_are_taken_with_a_warning()
    {
        using var work = new TempFolder();
        using (var sample = CheckpointReader.Read(Sample))
        {
            CheckpointWriter.Write(work.File("x.pth"), sample.StateDict, new Dictionary<string, string> { ["cfg"] = TrainingConfig.Replace("layer_nums=[2, 3, 3]", "layer_nums=[3, 5, 5]", StringComparison.Ordinal) + "\nx = eval('1')\n" });
        }

        var result = DeployRunner.Run("init", "--checkpoint", work.File("x.pth"), "--output", work.File("made.yaml"));

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("QNT0222: the training config says pts_backbone.layer_nums [3, 5, 5], the weights say [2, 3, 3]", result.Error, StringComparison.Ordinal);
        Assert.Contains("'eval(' is more than data", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_set_is_looked_for_from_the_current_folder_and_named_from_the_configs()
    {
        using var work = new TempFolder();
        Directory.CreateDirectory(work.File("scenes/v1.0-mini"));
        var relative = Path.GetRelativePath(".", work.File("scenes"));

        var result = DeployRunner.Run("init", "--checkpoint", Sample, "--output", work.File("configs/deep/made.yaml"), "--data", relative);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("  type: nuscenes\n  calibration: {root: ../../scenes, num_frames: 100}\n", File.ReadAllText(work.File("configs/deep/made.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public void An_existing_config_is_kept_and_another_kind_of_checkpoint_is_refused()
    {
        using var work = new TempFolder();
        File.WriteAllText(work.File("mine.yaml"), "mine");
        CheckpointWriter.Write(work.File("other.pth"), new StateDict([KeyValuePair.Create("backbone.conv1.weight", CheckpointTensor.FromFloat32([1f]))]));

        var kept = DeployRunner.Run("init", "--checkpoint", Sample, "--output", work.File("mine.yaml"));
        var refused = DeployRunner.Run("init", "--checkpoint", work.File("other.pth"), "--output", work.File("new.yaml"));

        Assert.Equal((2, "mine"), (kept.ExitCode, File.ReadAllText(work.File("mine.yaml"))));
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("QNT0221", refused.Error, StringComparison.Ordinal);
        Assert.Equal(["mine.yaml", "other.pth"], Directory.GetFiles(work.Path).Select(path => Path.GetFileName(path)).Order());
    }

    [Fact]
    public void A_training_config_that_gives_no_valid_model_leaves_nothing_behind()
    {
        using var work = new TempFolder();
        using (var sample = CheckpointReader.Read(Sample))
        {
            CheckpointWriter.Write(work.File("x.pth"), sample.StateDict, new Dictionary<string, string> { ["cfg"] = TrainingConfig.Replace("voxel_size=[0.4, 0.4, 8.0]", "voxel_size=[0.4, 0.4]", StringComparison.Ordinal) });
        }

        var result = DeployRunner.Run("init", "--checkpoint", work.File("x.pth"), "--output", work.File("made.yaml"));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("QNT0223", result.Error, StringComparison.Ordinal);
        Assert.Equal(["x.pth"], Directory.GetFiles(work.Path).Select(path => Path.GetFileName(path)));
    }
}
