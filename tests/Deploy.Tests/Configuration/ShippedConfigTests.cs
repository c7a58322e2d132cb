using Deploy.Configuration;
using Xunit;

namespace Deploy.Tests.Configuration;

public sealed class ShippedConfigTests
{
    private static LoadedConfig Load(string name, params string[] overrides) =>
        ConfigLoader.Load(Path.Combine(ConfigFolder.Repository, "deploy_configs", name), overrides);

    [Fact]
    public void Every_deployment_loads_without_warnings()
    {
        var paths = Directory.GetFiles(Path.Combine(ConfigFolder.Repository, "deploy_configs"), "*.yaml");

        Assert.Equal(16, paths.Length);
        Assert.All(paths, path => Assert.Empty(ConfigLoader.Load(path, []).Warnings));
    }

    [Fact]
    public void Every_deployment_is_named_like_its_file_and_has_a_work_dir_of_its_own()
    {
        foreach (var path in Directory.GetFiles(Path.Combine(ConfigFolder.Repository, "deploy_configs"), "*.yaml"))
        {
            var config = ConfigLoader.Load(path, []).Config;

            Assert.Equal(Path.GetFileNameWithoutExtension(path), config.Name);
            Assert.Equal(Path.Combine(ConfigFolder.Repository, "work_dirs", config.Name), config.WorkDir);
        }
    }

    [Fact]
    public void The_sample_is_quantized_with_the_documented_limits()
    {
        var config = Load("centerpoint_sim_int8.yaml").Config;

        Assert.Equal((256, 256, 20000), (config.Model.GridX, config.Model.GridY, config.Model.MaxVoxels));
        Assert.Equal((16, 32), (config.Dataset.Calibration!.NumFrames, config.Dataset.Validation!.NumFrames));
        Assert.Equal((0.2, 0.5), (config.Verification.Tolerances["rot"], config.Verification.Tolerances["vel"]));
        Assert.Equal((0.03, 0.03), (config.Gates.MapDropMax, config.Gates.NdsDropMax));
        Assert.Equal(Path.Combine(ConfigFolder.Repository, "samples", "centerpoint_sim", "centerpoint_tiny.pth"), config.CheckpointPath);
    }

    [Theory]
    [InlineData("quantization.calibration.method=max", "max")]
    [InlineData("quantization.calibration.method=entropy", "entropy")]
    [InlineData("quantization.calibration.amax_method=percentile", "histogram")]
    public void The_calibration_method_of_the_sample_changes_with_one_override(string change, string method)
    {
        Assert.Equal(method, Load("centerpoint_sim_int8.yaml", change).Config.Quantization.Calibration.Method);
    }

    [Fact]
    public void The_float_sample_asks_for_nothing_of_INT8()
    {
        var config = Load("centerpoint_sim_fp16.yaml").Config;

        Assert.False(config.Quantization.Enabled);
        Assert.Equal(["fp32", "fp16"], config.Evaluation.Models);
        Assert.False(config.Gates.Comparison);
    }

    [Theory]
    [InlineData("awml_convnext_small_secfpn_121m_int8.yaml", 1216, "BackwardPillarFeatureNet", 9, 60000, 128)]
    [InlineData("awml_convnext_secfpn_50m_int8.yaml", 640, "PillarFeatureNet", 10, 64000, 192)]
    public void The_ConvNeXt_models_have_AWMLs_dimensions(string name, int cells, string encoder, int features, int voxels, int channels)
    {
        var model = Load(name).Config.Model;

        Assert.Equal((cells, cells, voxels), (model.GridX, model.GridY, model.MaxVoxels));
        Assert.Equal((encoder, features), (model.PtsVoxelEncoder.Type, model.PtsVoxelEncoder.DecoratedChannels));
        Assert.Equal([channels, channels, channels], model.PtsBackbone.OutputChannels);
        Assert.Equal([4, 8, 16], model.PtsBackbone.OutputStrides);
    }

    [Fact]
    public void The_AWML_variant_differs_by_the_intensity_column()
    {
        var config = Load("awml_second_secfpn_121m_j6gen2_int8.yaml").Config;

        Assert.Equal(11, config.Model.PtsVoxelEncoder.DecoratedChannels);
        Assert.Equal(["x", "y", "z", "intensity", "time"], config.Dataset.UseDim);
        Assert.EndsWith("t4dataset_j6gen2_base_infos_test.pkl", config.Dataset.Validation!.AnnFile, StringComparison.Ordinal);
        Assert.EndsWith("t4dataset", config.Dataset.Validation.Root, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("awml_second_secfpn_50m_int8.yaml", 640, "BackwardPillarFeatureNet", 9, 60000)]
    [InlineData("awml_second_secfpn_121m_pre25_int8.yaml", 760, "PillarFeatureNet", 10, 64000)]
    public void The_models_whose_head_keeps_the_canvas_have_AWMLs_dimensions(string name, int cells, string encoder, int features, int voxels)
    {
        var model = Load(name).Config.Model;

        Assert.Equal((cells, cells, voxels), (model.GridX, model.GridY, model.MaxVoxels));
        Assert.Equal((encoder, features), (model.PtsVoxelEncoder.Type, model.PtsVoxelEncoder.DecoratedChannels));
        Assert.Equal(1, model.PtsBboxHead.OutSizeFactor);
    }

    [Fact]
    public void Every_AWML_deployment_has_an_FP16_variant_of_the_same_model()
    {
        var folder = Path.Combine(ConfigFolder.Repository, "deploy_configs");
        var names = Directory.GetFiles(folder, "awml_*_int8.yaml").Select(path => Path.GetFileName(path)).Where(name => !name.Contains("_recipe_", StringComparison.Ordinal));

        Assert.All(names, name =>
        {
            var int8 = Load(name).Config;
            var fp16 = Load(name.Replace("_int8", "_fp16", StringComparison.Ordinal)).Config;

            Assert.False(fp16.Quantization.Enabled);
            Assert.Equal(["fp32", "fp16"], fp16.Evaluation.Models);
            Assert.Equal(int8.CheckpointPath, fp16.CheckpointPath);
            Assert.Equal(int8.Model.VoxelSize, fp16.Model.VoxelSize);
            Assert.Equal(int8.Model.PtsVoxelEncoder.DecoratedChannels, fp16.Model.PtsVoxelEncoder.DecoratedChannels);
        });
    }

    [Fact]
    public void AWMLs_recipe_keeps_the_first_stage_in_FP16_and_corrects_no_bias()
    {
        var recipe = Load("awml_second_secfpn_121m_recipe_int8.yaml").Config.Quantization;

        Assert.Equal(["pts_backbone.blocks.0"], recipe.SensitiveLayers);
        Assert.False(recipe.BiasCorrection.Enabled);
        Assert.False(recipe.Equalization.Enabled);
        Assert.Equal(400, recipe.Calibration.NumBatches);
    }
}
