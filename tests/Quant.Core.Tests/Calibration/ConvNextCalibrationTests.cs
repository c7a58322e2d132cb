using Quant.Core.Calibration;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Calibration;

/// <summary>Plan, ranges, equalization and correction of residual blocks.</summary>
public sealed class ConvNextCalibrationTests
{
    private static readonly ModelConfig Config = RandomModel.ConvNext;

    [Fact]
    public void A_sum_shares_the_quantizer_of_the_convolution_that_reads_its_identity()
    {
        using var model = EqualizerTests.Fused(Config);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());
        foreach (var block in new[] { "0.0", "1.0", "1.1", "2.0" })
        {
            var convolution = plan[$"pts_backbone.stages.{block}.depthwise_conv"];
            Assert.Equal($"pts_backbone.stages.{block}.depthwise_conv._input_quantizer", convolution.InputQuantizer);
            Assert.Equal(convolution.InputQuantizer, plan[$"pts_backbone.stages.{block}.add"].InputQuantizer);
            Assert.Equal((0, (int?)null), (convolution.WeightAxis, plan[$"pts_backbone.stages.{block}.add"].WeightAxis));
            Assert.Equal("LayerNorm stays in float", plan[$"pts_backbone.stages.{block}.norm"].Reason);
        }
    }

    [Fact]
    public void Kinds_that_are_not_listed_stay_float_and_say_so()
    {
        using var model = EqualizerTests.Fused(Config);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig { QuantizeKinds = ["Conv2d", "Linear", "Add"] });
        Assert.Equal("DepthwiseConv2d is not in quantization.quantize_kinds", plan["pts_backbone.stages.1.1.depthwise_conv"].Reason);
        Assert.Equal("ConvTranspose2d is not in quantization.quantize_kinds", plan["pts_neck.deblocks.1.0"].Reason);
        Assert.True(plan["pts_backbone.stages.1.1.pointwise_conv1"].Quantized);
        // The sum now names the quantizer of the tensor that both would read.
        Assert.Equal("pts_backbone.stages.1.1.add._input_quantizer", plan["pts_backbone.stages.1.1.add"].InputQuantizer);
    }

    [Fact]
    public void Only_kinds_that_the_model_lacks_leave_nothing_to_quantize()
    {
        using var model = EqualizerTests.Fused(RandomModel.TwoTasks);
        var error = Assert.Throws<QuantException>(() => QuantizationPlan.Create(model, new QuantizationConfig { QuantizeKinds = ["Add"] }));
        Assert.Equal(DiagnosticCodes.NothingToQuantize, error.Code);
    }

    [Fact]
    public void A_float_first_layer_is_the_first_convolution_even_behind_a_norm()
    {
        var config = Config with
        {
            PtsBackbone = Config.PtsBackbone with { FirstDownsample = 0 },
            PtsBboxHead = Config.PtsBboxHead with { OutSizeFactor = 4 },
        };
        using var model = EqualizerTests.Fused(config);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig { Precision = new() { FirstLayerInput = "fp16" } });
        Assert.Equal("first_layer_input: fp16", plan["pts_backbone.downsample_layers.0.1"].Reason);
        Assert.Single(plan.Layers, layer => layer.Reason == "first_layer_input: fp16");
    }

    [Fact]
    public void Ranges_are_those_of_the_tensors_that_the_layers_read()
    {
        using var model = EqualizerTests.Fused(Config);
        var frames = EqualizerTests.Frames(Config, 2);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());
        var table = Calibrator.Table(model, plan, Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => frames).Ranges);
        var seen = new Dictionary<string, float>();
        foreach (var frame in frames)
        {
            using var scope = NewDisposeScope();
            model.Forward(frame.Pillars, trace: (name, value) => seen[name] = Math.Max(seen.GetValueOrDefault(name), value.abs().max().item<float>()));
        }

        Assert.Equal(seen["pts_backbone.stages.1.0.add"], table["pts_backbone.stages.1.1.add"].Input!.Amax);
        Assert.Equal(seen["pts_backbone.stages.1.0.add"], table["pts_backbone.stages.1.1.depthwise_conv"].Input!.Amax);
        Assert.Equal(seen["pts_backbone.stages.1.1.pointwise_conv1"], table["pts_backbone.stages.1.1.pointwise_conv2"].Input!.Amax);
        Assert.Null(table["pts_backbone.stages.1.1.add"].Weight);
        Assert.Equal(8, table["pts_backbone.stages.1.1.depthwise_conv"].Weight!.Amax.Count);
    }

    [Fact]
    public void Equalization_keeps_the_function_and_leaves_tensors_of_sums_and_norms_alone()
    {
        using var model = EqualizerTests.Fused(Config);
        using var scope = NewDisposeScope();
        var frames = EqualizerTests.Frames(Config, 2);
        var before = frames.Select(frame => model.Forward(frame.Pillars)).ToList();
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());

        var factors = Equalizer.Apply(model, plan, Equalizer.ChannelMaxima(model, frames), 1);

        // The canvas is read by a depthwise convolution and a sum; the neck's outputs by convolutions alone.
        Assert.DoesNotContain(factors, layer => layer.Name.StartsWith("pts_voxel_encoder", StringComparison.Ordinal) || layer.Name.StartsWith("pts_backbone", StringComparison.Ordinal));
        Assert.Contains(factors, layer => layer.Name == "pts_neck.deblocks.0.0");
        foreach (var (frame, expected) in frames.Zip(before))
        {
            foreach (var (name, output) in model.Forward(frame.Pillars))
            {
                Assert.True((output - expected[name]).abs().max().item<float>() <= 1e-5f * Math.Max(1, expected[name].abs().max().item<float>()), name);
            }
        }
    }

    [Fact]
    public void Correction_shifts_norms_and_layers_but_no_sum()
    {
        using var model = EqualizerTests.Fused(Config);
        var frames = EqualizerTests.Frames(Config, 2);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());
        var table = Calibrator.Table(model, plan, Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => frames).Ranges);
        var result = BiasCorrector.Run(model, table, new BiasCorrectionConfig(), frames);
        Assert.Contains(result.Layers, layer => layer.Name == "pts_backbone.stages.1.0.norm");
        Assert.Equal(model.Dense.Layers.Where(layer => layer.HasWeight).Select(layer => layer.Name), result.Layers.Select(layer => layer.Name));
    }
}
