using Quant.Core.Calibration;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Calibration;

public sealed class CellMasksTests
{
    public static TheoryData<bool> Backbones => [false, true];

    [Theory]
    [MemberData(nameof(Backbones))]
    public void Outside_the_mask_every_value_is_that_of_an_empty_map(bool convNext)
    {
        var config = convNext ? RandomModel.ConvNext : RandomModel.TwoTasks;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var model = EqualizerTests.Fused(config);
        var pillars = RandomModel.Pillars(config, 1);
        var few = pillars with { Points = pillars.Points[..(pillars.PointCounts[..2].Sum() * pillars.FeatureCount)], Coordinates = pillars.Coordinates[..8], PointCounts = pillars.PointCounts[..2] };
        var masks = CellMasks.Occupied(model.Dense, few, config, CPU);
        var canvas = model.Canvas(few);
        var (full, empty) = (model.Dense.Trace(canvas), model.Dense.Trace(zeros_like(canvas)));

        foreach (var node in model.Dense.Nodes)
        {
            var mask = masks[node.Output];
            var difference = (full[node.Output] - empty[node.Output]).abs();
            var channelsLast = difference.shape[1] == mask.shape[2] && difference.shape[3] != mask.shape[3];
            var cells = channelsLast ? difference.amax([3]).unsqueeze(1) : difference.amax([1], keepdim: true);
            Assert.Equal(mask.shape, cells.shape);
            Assert.Equal(0, (cells * (1 - mask)).max().ToSingle(), 1e-6f);
        }

        var first = model.Dense.Nodes[0].Output;
        Assert.InRange(masks[first].mean().ToDouble(), 1e-3, 0.5);
    }

    [Fact]
    public void Leaving_out_empty_cells_counts_exactly_the_occupied_ones()
    {
        var config = RandomModel.TwoTasks;
        using var scope = NewDisposeScope();
        using var model = EqualizerTests.Fused(config);
        var (plan, frames) = (QuantizationPlan.Create(model, new QuantizationConfig()), EqualizerTests.Frames(config, 2));

        var all = Calibrator.Observe(model, plan, new CalibrationConfig(), 256, null, frames);
        var occupied = Calibrator.Observe(model, plan, new CalibrationConfig { ExcludeEmpty = true }, 256, null, frames);

        Assert.All(occupied.Tensors, tensor => Assert.Equal(tensor.Count, tensor.Histogram!.Total));
        var first = frames.Sum(frame => frame.Pillars.Count) * config.PtsBackbone.InChannels;
        Assert.Equal(first, occupied.Tensors[0].Count);
        Assert.All(all.Tensors.Zip(occupied.Tensors), pair => Assert.InRange(pair.Second.Count, 1, pair.First.Count));
    }

    [Fact]
    public void A_foreground_weight_counts_cells_near_detections_again()
    {
        var config = RandomModel.TwoTasks;
        using var scope = NewDisposeScope();
        using var probe = EqualizerTests.Fused(config);
        // Some cells of every frame score above a value between the mean and the maximum of all.
        var best = EqualizerTests.Frames(config, 2).Select(frame => probe.Forward(frame.Pillars).Where(output => output.Key.StartsWith("heatmap", StringComparison.Ordinal)).Max(output => output.Value.sigmoid().max().ToSingle())).Min();
        config = config with { TestCfg = config.TestCfg with { ScoreThreshold = 0.999f * best } };
        using var model = EqualizerTests.Fused(config);
        var (plan, frames) = (QuantizationPlan.Create(model, new QuantizationConfig()), EqualizerTests.Frames(config, 2));

        long[] Totals(int weight) => [.. Calibrator.Observe(model, plan, new CalibrationConfig { ForegroundWeight = weight }, 256, null, frames).Tensors.Select(tensor => tensor.Histogram!.Total)];
        var (one, three, five) = (Totals(1), Totals(3), Totals(5));

        Assert.All(one.Zip(three, five), totals =>
        {
            Assert.True(totals.Second > totals.First);
            Assert.Equal(totals.Third - totals.Second, totals.Second - totals.First);
        });
    }

    [Fact]
    public void In_two_passes_sparse_options_do_not_depend_on_the_order_of_frames()
    {
        var config = RandomModel.TwoTasks;
        using var model = EqualizerTests.Fused(config);
        var (plan, frames) = (QuantizationPlan.Create(model, new QuantizationConfig()), EqualizerTests.Frames(config, 8));
        var calibration = new CalibrationConfig { Binning = "two_pass", ExcludeEmpty = true, ForegroundWeight = 4 };

        var forward = Calibrator.Run(model, plan, calibration, () => frames);
        var backward = Calibrator.Run(model, plan, calibration, () => Enumerable.Reverse(frames));

        Assert.Equal(forward.Ranges, backward.Ranges);
    }
}
