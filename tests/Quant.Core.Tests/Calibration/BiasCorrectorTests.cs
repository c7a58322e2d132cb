using Quant.Core.Calibration;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Calibration;

public sealed class BiasCorrectorTests
{
    private static readonly ModelConfig Config = RandomModel.TwoTasks;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_correction_every_output_channel_has_the_float_mean(bool convNext)
    {
        var config = convNext ? RandomModel.ConvNext : Config;
        using var model = EqualizerTests.Fused(config);
        using var scope = NewDisposeScope();
        var frames = EqualizerTests.Frames(config, 4);
        var expected = Means(model, frames);
        var table = Table(model, frames);

        BiasCorrector.Run(model, table, new BiasCorrectionConfig(), frames);

        using var quantizers = QuantizedLayers.Attach(model, table);
        foreach (var (name, mean) in Means(model, frames))
        {
            Assert.True((mean - expected[name]).abs().max().item<double>() < 2e-6, name);
        }
    }

    /// <summary>The first corrected layer sees the float network's own input, so its error is known without the corrector.</summary>
    [Fact]
    public void The_record_holds_each_channels_shift_and_the_error_before_and_after()
    {
        using var model = EqualizerTests.Fused(Config);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var frames = EqualizerTests.Frames(Config, 3);
        var table = Table(model, frames);
        var layer = model["pts_backbone.blocks.0.0"];
        List<Tensor> errors = [];
        foreach (var canvas in frames.Select(frame => model.Canvas(frame.Pillars)))
        {
            var expected = layer.Operate(canvas);
            using var quantizers = QuantizedLayers.Attach(model, table);
            errors.Add((expected - layer.Operate(layer.InputQuantizer!.Quantize(canvas))).to(float64));
        }

        var error = cat([.. errors]);
        var mean = error.mean([0, 2, 3]);

        var record = BiasCorrector.Run(model, table, new BiasCorrectionConfig(), frames).Layers[0];

        Assert.All(mean.data<double>().ToArray().Zip(record.Shift), pair => Assert.Equal(pair.First, pair.Second, 1e-7));
        Assert.Equal(mean.abs().mean().ToDouble(), record.MeanErrorBefore, 1e-7);
        Assert.Equal(Math.Sqrt(error.square().mean().ToDouble()), record.RmsBefore, 1e-9);
        Assert.Equal(Math.Sqrt((error - mean.reshape(1, -1, 1, 1)).square().mean().ToDouble()), record.RmsAfter, 1e-9);
        Assert.True(record.RmsAfter < record.RmsBefore);
    }

    [Fact]
    public void Layers_before_the_first_quantized_one_keep_their_bias()
    {
        using var model = EqualizerTests.Fused(Config);
        var frames = EqualizerTests.Frames(Config, 2);

        var result = BiasCorrector.Run(model, Table(model, frames), new BiasCorrectionConfig(), frames);

        Assert.Equal(2, result.Frames);
        Assert.DoesNotContain(result.Layers, layer => layer.Name.StartsWith("pts_voxel_encoder", StringComparison.Ordinal));
        Assert.Equal("pts_backbone.blocks.0.0", result.Layers[0].Name);
        Assert.Equal(model.Dense.Layers.Count(), result.Layers.Count);
    }

    [Fact]
    public void Too_little_memory_means_fewer_frames_and_a_warning()
    {
        using var model = EqualizerTests.Fused(Config);
        var frames = EqualizerTests.Frames(Config, 3);

        var result = BiasCorrector.Run(model, Table(model, frames), new BiasCorrectionConfig { MemoryGb = 1e-6 }, frames);

        Assert.Equal(1, result.Frames);
        Assert.Equal("QNT0317", Assert.Single(result.Warnings).Code);
    }

    [Fact]
    public void The_result_is_bit_equal_on_a_second_run()
    {
        var shifts = Enumerable.Range(0, 2).Select(_ =>
        {
            using var model = EqualizerTests.Fused(Config);
            var frames = EqualizerTests.Frames(Config, 3);
            return BiasCorrector.Run(model, Table(model, frames), new BiasCorrectionConfig(), frames).Layers.SelectMany(layer => layer.Shift).ToArray();
        }).ToList();

        Assert.Equal(shifts[0], shifts[1]);
    }

    [Fact]
    public void The_empty_map_alone_removes_the_constant_error_of_empty_cells()
    {
        var config = Config with { PointCloudRange = [-32f, -32f, -3f, 32f, 32f, 5f] };
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var model = EqualizerTests.Fused(config);
        var table = Table(model, EqualizerTests.Frames(config, 3));
        var empty = zeros(1, config.PtsBackbone.InChannels, config.GridY, config.GridX);
        var wanted = Centre(model.Dense.Forward(empty));
        double Error()
        {
            using var quantizers = QuantizedLayers.Attach(model, table);
            return Centre(model.Dense.Forward(empty)).Max(output => (output.Value - wanted[output.Key]).abs().max().ToDouble());
        }

        var before = Error();
        var result = BiasCorrector.Run(model, table, new BiasCorrectionConfig { Source = "empty_map" }, () => throw new InvalidOperationException("no frame is needed"));

        Assert.Equal(0, result.Frames);
        Assert.True(before > 1e-3);
        // A transposed convolution answers an empty map with one constant for each of its phases; a bias removes their mean.
        Assert.InRange(Error(), 0, 1e-5);

        Dictionary<string, Tensor> Centre(IReadOnlyDictionary<string, Tensor> outputs) =>
            outputs.ToDictionary(output => output.Key, output => output.Value.narrow(2, output.Value.shape[2] * 3 / 8, output.Value.shape[2] / 4).narrow(3, output.Value.shape[3] * 3 / 8, output.Value.shape[3] / 4).mean([2, 3]));
    }

    private static QuantizerTable Table(CenterPoint model, List<CalibrationFrame> frames)
    {
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());
        return Calibrator.Table(model, plan, Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => frames).Ranges);
    }

    private static Dictionary<string, Tensor> Means(CenterPoint model, List<CalibrationFrame> frames)
    {
        using var noGrad = no_grad();
        return frames.Select(frame => model.Forward(frame.Pillars)).SelectMany(outputs => outputs).GroupBy(output => output.Key)
            .ToDictionary(group => group.Key, group => stack([.. group.Select(output => output.Value.to(float64))]).mean([0, 1, 3, 4]));
    }
}
