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
        var few = RandomModel.First(pillars, 2);
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
        Assert.Equal(frames.Count * config.GridX * config.GridY * config.PtsBackbone.InChannels, all.Tensors[0].Count);
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
    public void The_pillar_net_has_no_cells_to_leave_out_or_to_weigh()
    {
        var config = RandomModel.TwoTasks with { TestCfg = new() { ScoreThreshold = 0 } };
        using var model = EqualizerTests.Fused(config);
        var (plan, frames) = (QuantizationPlan.Create(model, new QuantizationConfig { Quantize = ["pts_voxel_encoder", "pts_neck"] }), EqualizerTests.Frames(config, 2));

        var seen = Calibrator.Observe(model, plan, new CalibrationConfig { ExcludeEmpty = true, ForegroundWeight = 3 }, 256, null, frames).Tensors;
        var encoder = QuantizationPlan.Create(model, new QuantizationConfig { Quantize = ["pts_voxel_encoder"] });
        var alone = Calibrator.Observe(model, encoder, new CalibrationConfig { ExcludeEmpty = true, ForegroundWeight = 3 }, 256, null, frames).Tensors;

        var points = frames.Sum(frame => (long)frame.Pillars.Count * frame.Pillars.MaxPoints);
        Assert.Equal([points * config.PtsVoxelEncoder.DecoratedChannels, points * config.PtsVoxelEncoder.FeatChannels[0]], seen.Take(2).Select(tensor => tensor.Count));
        Assert.Equal(seen.Take(2).Select(tensor => (tensor.Quantizer, tensor.Maximum, tensor.Count)), alone.Select(tensor => (tensor.Quantizer, tensor.Maximum, tensor.Count)));
    }

    [Fact]
    public void Foreground_is_a_square_around_each_cell_where_any_class_of_any_task_scores()
    {
        using var scope = NewDisposeScope();
        var first = full([1, 2, 6, 6], -5f);
        var second = full([1, 1, 6, 6], -5f);
        first[0, 1, 1, 1] = 5f;
        second[0, 0, 5, 5] = 5f;
        var outputs = new Dictionary<string, Tensor> { ["heatmap_0"] = first, ["heatmap_1"] = second, ["reg_0"] = full([1, 2, 6, 6], 5f) };

        var mask = CellMasks.Foreground(outputs, 0.5);

        var wanted = zeros(1, 1, 6, 6);
        wanted[.., .., ..3, ..3] = 1f;
        wanted[.., .., 4.., 4..] = 1f;
        Assert.Equal(wanted.data<float>().ToArray(), mask.data<float>().ToArray());
        Assert.Equal(0, CellMasks.Foreground(outputs, 0.999).sum().ToSingle());
    }

    [Fact]
    public void A_mask_at_another_resolution_marks_every_cell_that_a_marked_one_touches()
    {
        using var scope = NewDisposeScope();
        var mask = zeros(1, 1, 4, 4);
        mask[0, 0, 1, 2] = 1f;

        Assert.Equal([0f, 1, 0, 0], CellMasks.Resize(mask, 2, 2).data<float>().ToArray());
        Assert.Equal(mask.data<float>().ToArray(), CellMasks.Resize(mask, 4, 4).data<float>().ToArray());
        var larger = CellMasks.Resize(mask, 8, 8);
        Assert.Equal((4f, 4f), (larger.sum().ToSingle(), larger[.., .., 2..4, 4..6].sum().ToSingle()));
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
