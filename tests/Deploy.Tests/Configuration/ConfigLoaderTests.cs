using Deploy.Configuration;
using Xunit;

namespace Deploy.Tests.Configuration;

public sealed class ConfigLoaderTests : IDisposable
{
    private readonly ConfigFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_smallest_config_has_the_documented_defaults()
    {
        var config = folder.Load(ConfigFolder.Minimal).Config;

        Assert.Equal("c", config.Name);
        Assert.Equal(Path.GetFullPath("work_dirs/c"), config.WorkDir);
        Assert.Equal(("auto", 0, true), (config.Device, config.Seed, config.Deterministic));
        Assert.Equal(("t4", 0), (config.Dataset.Type, config.Dataset.SweepsNum));
        Assert.Equal(["x", "y", "z", "time"], config.Dataset.UseDim);
        Assert.Equal((100, 1, "histogram", "mse", 2048, "compat", 99.99), (
            config.Quantization.Calibration.NumBatches, config.Quantization.Calibration.BatchSize, config.Quantization.Calibration.Method,
            config.Quantization.Calibration.AmaxMethod, config.Quantization.Calibration.NumBins, config.Quantization.Calibration.Binning,
            config.Quantization.Calibration.Percentile));
        Assert.Equal((null, "fp32", false, false), (config.OnnxConfig.OpsetVersion, config.OnnxConfig.Body, config.OnnxConfig.PrequantizedWeights, config.OnnxConfig.RotYAxisReference));
        Assert.Equal(("pts_voxel_encoder.onnx", "pts_voxel_encoder.engine", "autoware"), (
            config.Components.PtsVoxelEncoder.OnnxFile, config.Components.PtsVoxelEncoder.EngineFile, config.Components.PtsVoxelEncoder.Profile));
        Assert.Equal("pts_backbone_neck_head.onnx", config.Components.PtsBackboneNeckHead.OnnxFile);
        Assert.Equal(("auto", null, "int8", 4294967296), (
            config.BackendConfig.Engine, config.BackendConfig.Trtexec, config.BackendConfig.CommonConfig.PrecisionPolicy, config.BackendConfig.CommonConfig.MaxWorkspaceSize));
        Assert.Equal((0.1, 8, "activated", "p99"), (
            config.Verification.Tolerance, config.Verification.NumVerifySamples, config.Verification.Space, config.Verification.Statistic));
        Assert.Equal("nuscenes", config.Evaluation.Metric);
        Assert.Equal(["fp32", "fp16", "int8"], config.Evaluation.Models);
        Assert.Equal((10, 100, "auto"), (config.Latency.Warmup, config.Latency.Iterations, config.Latency.Baseline));
        Assert.Equal((0.01, null, 0.01, null, true), (
            config.Gates.MapDropMax, config.Gates.MapDropMaxRelative, config.Gates.NdsDropMax, config.Gates.BucketDropMax, config.Gates.Comparison));
    }

    [Fact]
    public void Paths_start_from_the_file_that_names_them()
    {
        folder.Write("bases/base.yaml", "checkpoint_path: weights/a.pth\n" + ConfigFolder.Minimal[ConfigFolder.Minimal.IndexOf("model:", StringComparison.Ordinal)..]);
        var config = folder.Load("_base_: bases/base.yaml\nwork_dir: ../out\nbackend_config: {trtexec: /opt/trt/trtexec}\n").Config;

        Assert.Equal(folder.PathOf("bases/weights/a.pth"), config.CheckpointPath);
        Assert.Equal(folder.PathOf("../out"), config.WorkDir);
        Assert.Equal("/opt/trt/trtexec", config.BackendConfig.Trtexec);
    }

    [Fact]
    public void Paths_of_the_command_line_start_from_the_current_folder()
    {
        var config = folder.LoadMinimal("", "checkpoint_path=weights/b.pth").Config;

        Assert.Equal(Path.GetFullPath("weights/b.pth"), config.CheckpointPath);
    }

    [Fact]
    public void Values_that_nobody_wrote_have_no_location()
    {
        var loaded = folder.LoadMinimal("gates:\n  map_drop_max: 0.02\ndataset: {name_mapping: {vehicle.car: car}}\n", "seed=3");

        Assert.Equal((10, 17), (loaded.LocationOf("gates.map_drop_max")!.Line, loaded.LocationOf("gates.map_drop_max")!.Column));
        Assert.Equal("<command line>", loaded.LocationOf("seed")!.ToString());
        Assert.Equal(11, loaded.LocationOf("dataset.name_mapping.\"vehicle.car\"")!.Line);
        Assert.Null(loaded.LocationOf("gates.nds_drop_max"));
        Assert.Null(loaded.LocationOf("no.such.key"));
        Assert.Null(loaded.LocationOf(""));
    }

    [Fact]
    public void MMEngines_training_loop_is_read_where_it_says_the_same()
    {
        var loaded = folder.LoadMinimal("train_cfg: {by_epoch: true, max_epochs: 30, val_interval: 5}\nquantization: {qat: {epochs: 2}}\n");

        Assert.Equal((30, 2), (loaded.Config.TrainCfg.Epochs, loaded.Config.Quantization.Qat.Epochs));
    }

    [Fact]
    public void Evaluation_without_quantization_defaults_to_the_float_models()
    {
        Assert.Equal(["fp32", "fp16"], folder.LoadMinimal("quantization: {enabled: false}\n").Config.Evaluation.Models);
    }

    [Theory]
    [InlineData("quantization: {calibration: {method: entropy}}", "entropy", "entropy")]
    [InlineData("quantization: {calibration: {method: max}}", "max", "mse")]
    [InlineData("quantization: {calibration: {amax_method: max}}", "max", "mse")]
    [InlineData("quantization: {calibration: {amax_method: percentile}}", "histogram", "percentile")]
    public void Method_and_amax_method_are_two_names_of_one_choice(string yaml, string method, string amaxMethod)
    {
        var calibration = folder.LoadMinimal(yaml + "\n").Config.Quantization.Calibration;

        Assert.Equal((method, amaxMethod), (calibration.Method, calibration.AmaxMethod));
    }

    [Fact]
    public void A_file_that_does_not_exist_is_named()
    {
        Assert.Equal(["nothing.yaml: error QNT0101: the config file does not exist"], folder.ProblemsOf(folder.PathOf("nothing.yaml")));
        Directory.CreateDirectory(folder.PathOf("sub"));
        Assert.Equal(["sub: error QNT0101: the config file is a folder"], folder.ProblemsOf(folder.PathOf("sub")));
    }
}
