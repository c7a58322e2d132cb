using Quant.Core.Calibration;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Models;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Calibration;

public sealed class CalibratorTests
{
    private static readonly ModelConfig Config = RandomModel.TwoTasks;

    [Fact]
    public void Layers_that_read_one_tensor_share_one_range()
    {
        using var model = EqualizerTests.Fused(Config);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());

        var table = Calibrator.Table(model, plan, Calibrate(model, plan, new CalibrationConfig { Method = "max" }).Ranges);

        var heads = table.Layers.Where(layer => layer.Name.EndsWith(".0.conv", StringComparison.Ordinal)).ToList();
        Assert.Equal(12, heads.Count);
        Assert.Equal("pts_bbox_head.task_heads.0.reg.0.conv._input_quantizer", Assert.Single(heads.Select(layer => layer.Input!.Quantizer).Distinct()));
        // A stage's output feeds its neck branch and the next stage.
        Assert.Equal(table["pts_neck.deblocks.0.0"].Input, table["pts_backbone.blocks.1.0"].Input);
    }

    [Fact]
    public void Two_pass_ranges_do_not_depend_on_the_order_of_frames_or_the_batch_size()
    {
        using var model = EqualizerTests.Fused(Config);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());
        var config = new CalibrationConfig { Binning = "two_pass" };
        var frames = EqualizerTests.Frames(Config, 8);

        var forward = Calibrator.Run(model, plan, config, () => frames).Ranges;
        var backward = Calibrator.Run(model, plan, config, () => Enumerable.Reverse(frames)).Ranges;

        Assert.Equal(forward, backward);
    }

    [Theory]
    [InlineData("max", "compat")]
    [InlineData("histogram", "two_pass")]
    [InlineData("histogram", "compat")]
    public void Replicas_that_share_the_frames_give_the_bits_of_one(string method, string binning)
    {
        using var model = EqualizerTests.Fused(Config);
        using var second = EqualizerTests.Fused(Config);
        using var third = EqualizerTests.Fused(Config);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());
        var config = new CalibrationConfig { Method = method, Binning = binning };
        var frames = EqualizerTests.Frames(Config, 7);

        var single = Calibrator.Run(model, plan, config, () => frames);
        var shared = Calibrator.Run([model, second, third], plan, config, () => frames);
        var more = Calibrator.Run([model, second, third], plan, config, () => frames.Take(2));

        Assert.Equal(7, shared.Frames);
        Assert.Equal(2, more.Frames);
        Assert.Equal(single.Ranges.Select(range => (range.Quantizer, range.Amax, range.Count)), shared.Ranges.Select(range => (range.Quantizer, range.Amax, range.Count)));
        Assert.Equal(Calibrator.IsOrderFree(config), method == "max" || binning == "two_pass");
    }

    [Theory]
    [InlineData("max", "compat", "auto", true, 1)]
    [InlineData("grid", "compat", "auto", true, 2)]
    [InlineData("histogram", "compat", "auto", false, 1)]
    [InlineData("histogram", "compat", "auto", true, 2)]
    [InlineData("histogram", "compat", "false", true, 1)]
    [InlineData("histogram", "two_pass", "false", true, 2)]
    public void Frames_are_read_as_often_as_the_method_needs(string method, string binning, string inputScaling, bool encoder, int passes)
    {
        using var model = EqualizerTests.Fused(Config);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig { Quantize = encoder ? ["pts_voxel_encoder", "pts_neck"] : ["pts_neck"] });
        var (frames, read) = (EqualizerTests.Frames(Config, 2), 0);

        Calibrator.Run(model, plan, new CalibrationConfig { Method = method, Binning = binning }, Read, inputScaling);

        Assert.Equal(passes, read);

        IEnumerable<CalibrationFrame> Read()
        {
            read++;
            return frames;
        }
    }

    [Fact]
    public void Each_quantizer_sees_each_value_of_its_tensor_once()
    {
        using var model = EqualizerTests.Fused(Config);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig { Quantize = ["pts_voxel_encoder", "pts_backbone", "pts_neck", "pts_bbox_head"] });
        var frames = EqualizerTests.Frames(Config, 2);
        var sizes = new Dictionary<string, long>();
        foreach (var frame in frames)
        {
            model.Forward(frame.Pillars, (layer, input) =>
            {
                // The first reader names the quantizer.
                if (plan[layer.Name].InputQuantizer == $"{layer.Name}._input_quantizer")
                {
                    sizes[plan[layer.Name].InputQuantizer!] = sizes.GetValueOrDefault(plan[layer.Name].InputQuantizer!) + input.numel();
                }
            });
        }

        var seen = Calibrator.Observe(model, plan, new CalibrationConfig(), 0, null, frames).Tensors;

        Assert.Equal(sizes.OrderBy(item => item.Key, StringComparer.Ordinal), seen.ToDictionary(tensor => tensor.Quantizer, tensor => tensor.Count).OrderBy(item => item.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Layers_that_stay_float_are_not_watched()
    {
        using var model = EqualizerTests.Fused(Config);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig { Quantize = ["pts_neck"] });

        var seen = Calibrator.Observe(model, plan, new CalibrationConfig(), 0, null, EqualizerTests.Frames(Config, 1)).Tensors;

        Assert.Equal(plan.Layers.Where(layer => layer.Quantized).Select(layer => layer.InputQuantizer), seen.Select(tensor => tensor.Quantizer));
    }

    [Theory]
    [InlineData("max")]
    [InlineData("mse")]
    public void Weight_ranges_follow_their_own_method(string method)
    {
        using var model = EqualizerTests.Fused(Config);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());
        var layer = model["pts_backbone.blocks.1.0"];

        var weight = Calibrator.Table(model, plan, Calibrate(model, plan, new CalibrationConfig { Method = "max" }).Ranges, method)[layer.Name].Weight!;

        Assert.Equal((method == "mse" ? WeightRange.MeanSquaredError(layer, 0) : WeightRange.Max(layer, 0)).Amax, weight.Amax);
        Assert.NotEqual(WeightRange.MeanSquaredError(layer, 0).Amax, WeightRange.Max(layer, 0).Amax);
    }

    [Fact]
    public void A_joined_batch_gives_the_maxima_of_its_frames()
    {
        using var model = EqualizerTests.Fused(Config);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());
        var config = new CalibrationConfig { Method = "max" };
        var frames = EqualizerTests.Frames(Config, 4);

        var single = Calibrator.Run(model, plan, config, () => frames);
        var joined = Calibrator.Run(model, plan, config, () => [new CalibrationFrame("all", PillarBatch.Join([.. frames.Select(frame => frame.Pillars)]))]);

        Assert.Equal(4, joined.Frames);
        Assert.All(single.Ranges.Zip(joined.Ranges), pair => Assert.Equal(pair.First.Amax, pair.Second.Amax, 1e-4f * pair.First.Amax));
    }

    [Fact]
    public void No_frames_is_an_error_and_few_frames_a_warning()
    {
        using var model = EqualizerTests.Fused(Config);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());

        Assert.Equal("QNT0310", Assert.Throws<QuantException>(() => Calibrator.Run(model, plan, new CalibrationConfig(), () => [])).Code);
        Assert.Contains(Calibrate(model, plan, new CalibrationConfig { Method = "max" }).Warnings, warning => warning.Code == "QNT0311");
    }

    [Fact]
    public void A_tensor_that_is_always_zero_is_an_error_with_its_name()
    {
        using var model = EqualizerTests.Fused(Config);
        model["pts_voxel_encoder.pfn_layers.1.linear"].Replace(zeros(6, 8), zeros(6), null);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());

        var error = Assert.Throws<QuantException>(() => Calibrate(model, plan, new CalibrationConfig()));

        Assert.Equal("QNT0313", error.Code);
        Assert.Contains("pts_backbone.blocks.0.0._input_quantizer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_non_finite_activation_names_layer_and_frame()
    {
        using var model = EqualizerTests.Fused(Config);
        model["pts_backbone.blocks.0.0"].Replace(full([4, 6, 3, 3], float.NaN), zeros(4), null);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());

        var error = Assert.Throws<QuantException>(() => Calibrate(model, plan, new CalibrationConfig()));

        Assert.Equal("QNT0312", error.Code);
        Assert.Contains("pts_backbone.blocks.0.3", error.Message, StringComparison.Ordinal);
        Assert.Contains("frame 0", error.Message, StringComparison.Ordinal);
    }

    private static CalibrationResult Calibrate(CenterPoint model, QuantizationPlan plan, CalibrationConfig config) =>
        Calibrator.Run(model, plan, config, () => EqualizerTests.Frames(Config, 3));
}
