using Quant.Core.Calibration;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Calibration;

public sealed class OutputErrorSearchTests
{
    [Fact]
    public void The_range_of_a_layer_is_the_share_of_the_maximum_with_the_smallest_output_error()
    {
        var config = RandomModel.TwoTasks;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = EqualizerTests.Fused(config);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());
        var frames = EqualizerTests.Frames(config, 8);
        var maxima = Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => frames);

        var grid = Calibrator.Run(model, plan, new CalibrationConfig { Method = "grid", GridBatches = 1 }, () => frames);

        const string name = "pts_backbone.blocks.0.0";
        var layer = model[name];
        var input = model.Canvas(frames[0].Pillars);
        var expected = layer.Operate(input);
        var (start, weight) = (maxima.Ranges[0], WeightRange.Max(layer, 0));
        var best = OutputErrorSearch.Shares.MinBy(share =>
        {
            using var quantizer = new TensorQuantizer("x", [start.Amax * share]);
            using var weights = new TensorQuantizer("w", weight.Amax, 0);
            return (nn.functional.conv2d(quantizer.Quantize(input), weights.Quantize(layer.Weight), layer.Bias, [layer.Stride, layer.Stride], [layer.Padding, layer.Padding]) - expected).square().sum().ToDouble();
        });
        Assert.Equal(start.Amax * best, grid.Ranges[0].Amax);
        Assert.All(grid.Ranges.Zip(maxima.Ranges), pair => Assert.InRange(pair.First.Amax, 0.2f * pair.Second.Amax, pair.Second.Amax));
        Assert.All(model.Layers, item => Assert.Null(item.WeightQuantizer));
        Assert.All(grid.Ranges, range => Assert.Equal("grid", range.Method));
    }

    [Fact]
    public void Sums_keep_their_maximum_and_ConvNeXt_is_searched_too()
    {
        var config = RandomModel.ConvNext;
        using var model = EqualizerTests.Fused(config);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());
        var frames = EqualizerTests.Frames(config, 8);

        var ranges = Calibrator.Run(model, plan, new CalibrationConfig { Method = "grid", ExcludeEmpty = true }, () => frames).Ranges;

        Assert.All(ranges, range => Assert.InRange(range.Amax, 0.2f * range.Maximum, range.Maximum));
    }
}
