using Quant.Core.Calibration;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Calibration;

public sealed class OutputErrorSearchTests
{
    /// <summary>Each frame's error relative to the power of its output; with exclude_empty at cells whose receptive field holds a pillar.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_range_of_a_layer_is_the_share_of_the_maximum_with_the_smallest_output_error(bool excludeEmpty)
    {
        var config = RandomModel.TwoTasks;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = EqualizerTests.Fused(config);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());
        var frames = EqualizerTests.Frames(config, 8);
        // A frame with three pillars: its empty cells and its small power must not decide.
        frames[1] = new CalibrationFrame("three pillars", RandomModel.First(frames[1].Pillars, 3));
        var maxima = Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => frames);

        var grid = Calibrator.Run(model, plan, new CalibrationConfig { Method = "grid", GridBatches = 2, ExcludeEmpty = excludeEmpty }, () => frames);

        var (byCells, byPower) = (0, 0);
        foreach (var start in maxima.Ranges)
        {
            var readers = plan.Layers.Where(item => item.InputQuantizer == start.Quantizer).Select(item => model[item.Name]).ToList();
            var chosen = grid.Ranges.Single(range => range.Quantizer == start.Quantizer).Amax;
            Assert.Equal(start.Amax * Best(model, readers, start, frames.Take(2), excludeEmpty, relative: true), chosen);
            byCells += Best(model, readers, start, frames.Take(2), !excludeEmpty, relative: true) * start.Amax != chosen ? 1 : 0;
            byPower += Best(model, readers, start, frames.Take(2), excludeEmpty, relative: false) * start.Amax != chosen ? 1 : 0;
        }

        // The other cells, and another weight for the frames, would choose other ranges.
        Assert.True(byCells > 0 && byPower > 0, $"{byCells} and {byPower} ranges");
        Assert.All(grid.Ranges.Zip(maxima.Ranges), pair => Assert.InRange(pair.First.Amax, 0.2f * pair.Second.Amax, pair.Second.Amax));
        Assert.All(model.Layers, item => Assert.Null(item.WeightQuantizer));
        Assert.All(grid.Ranges, range => Assert.Equal("grid", range.Method));
    }

    [Fact]
    public void A_layer_whose_channels_are_scaled_is_searched_as_it_will_run()
    {
        var config = RandomModel.TwoTasks;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = EqualizerTests.Fused(config);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig { Quantize = ["pts_voxel_encoder.pfn_layers.0.linear"] });
        var frames = EqualizerTests.Frames(config, 1);
        var start = Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => frames).Ranges.Single();

        var grid = Calibrator.Run(model, plan, new CalibrationConfig { Method = "grid" }, () => frames).Ranges.Single();

        var (layer, factors) = (model["pts_voxel_encoder.pfn_layers.0.linear"], tensor([.. start.ChannelScale!]));
        var input = tensor(frames[0].Pillars.Features()).reshape(-1, config.PtsVoxelEncoder.DecoratedChannels);
        var columns = layer.Weight * factors;
        var step = columns.abs().amax([1], keepdim: true) / 127;
        var best = OutputErrorSearch.Shares.MinBy(share =>
        {
            var unit = start.Amax * share / 127;
            var levels = (input / factors / unit).round().clamp(-128, 127) * unit;
            return (levels.matmul(((columns / step).round().clamp(-128, 127) * step).t()) - input.matmul(layer.Weight.t())).square().sum().ToDouble();
        });
        Assert.Equal(start.Amax * best, grid.Amax);
        Assert.Equal(start.ChannelScale, grid.ChannelScale);
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

    /// <summary>The share with the smallest sum, over frames and layers, of a layer's squared output error.</summary>
    private static float Best(CenterPoint model, List<Layer> readers, TensorRange start, IEnumerable<CalibrationFrame> frames, bool excludeEmpty, bool relative)
    {
        var errors = OutputErrorSearch.Shares.ToDictionary(share => share, _ => 0.0);
        foreach (var frame in frames)
        {
            var masks = CellMasks.Occupied(model.Dense, frame.Pillars, model.Config, CPU);
            model.Forward(frame.Pillars, (read, input) =>
            {
                if (!readers.Contains(read))
                {
                    return;
                }

                var mask = excludeEmpty ? masks[read.Name] : ones(1);
                var expected = read.Operate(input) * mask;
                var power = relative ? expected.square().sum().ToDouble() : 1;
                var weight = WeightRange.Max(read, read.Kind == LayerKind.ConvTranspose2d ? null : 0);
                using var weights = new TensorQuantizer("w", weight.Amax, weight.Axis, 4);
                using var twin = new Layer(read.Name, read.Kind, weights.Quantize(read.Weight).DetachFromDisposeScope(), read.Bias!.clone().DetachFromDisposeScope(), null, Activation.None, read.Stride, read.Padding);
                foreach (var share in OutputErrorSearch.Shares)
                {
                    using var quantizer = new TensorQuantizer("x", [start.Amax * share]);
                    errors[share] += ((twin.Operate(quantizer.Quantize(input)) * mask) - expected).square().sum().ToDouble() / power;
                }
            });
        }

        return errors.MinBy(error => error.Value).Key;
    }
}
