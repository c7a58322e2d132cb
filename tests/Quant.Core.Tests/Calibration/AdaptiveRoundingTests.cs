using Quant.Core.Calibration;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Calibration;

public sealed class AdaptiveRoundingTests
{
    private static readonly ModelConfig Config = RandomModel.TwoTasks;

    [Fact]
    public void The_error_it_reports_is_the_error_of_the_layers_outputs()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var model = EqualizerTests.Fused(Config);
        using var reference = EqualizerTests.Fused(Config);
        var frame = EqualizerTests.Frames(Config, 1)[0];
        var table = Table(model, [frame]);

        var roundings = AdaptiveRounding.Run(model, table, [frame], steps: 200).ToDictionary(rounding => rounding.Name);

        var masks = CellMasks.Occupied(reference.Dense, frame.Pillars, Config, CPU);
        var plain = model.Layers.ToDictionary(layer => layer.Name, layer => layer.Weight.clone());
        using var quantizers = QuantizedLayers.Attach(model, table);
        var kinds = new HashSet<LayerKind>();
        reference.Forward(frame.Pillars, (layer, input) =>
        {
            if (!roundings.TryGetValue(layer.Name, out var rounding))
            {
                return;
            }

            using var inner = NewDisposeScope();
            var quantized = model[layer.Name];
            var x = quantized.InputQuantizer!.Quantize(input);
            var scale = table[layer.Name].Input!.ChannelScale;
            var unscaled = scale is null ? x : x * tensor([.. scale]);
            // A transposed convolution is learned on input pixels that are not all zero, which are all pixels with any output of it.
            var mask = layer.Kind == LayerKind.ConvTranspose2d || layer.ChannelsLast ? ones(1) : masks[layer.Name];
            var bias = layer.Bias is null ? zeros(1) : layer.ChannelsLast ? layer.Bias : layer.Bias.reshape(1, -1, 1, 1);
            var wanted = (layer.Operate(unscaled) - bias) * mask;
            var got = (quantized.Operate(x) - bias) * mask;
            Assert.Equal(rounding.Chosen, (got - wanted).square().sum().ToDouble() / wanted.square().sum().ToDouble(), 0.02 * rounding.Chosen);
            kinds.Add(layer.Kind);
        });
        Assert.Equal([LayerKind.Conv2d, LayerKind.ConvTranspose2d, LayerKind.Linear], kinds.Order());
    }

    /// <summary>The same objective by libtorch's own derivatives and Adam, on inputs that <c>unfold</c> gathers.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(60)]
    public void The_levels_are_those_that_adam_finds_on_the_papers_objective(int steps)
    {
        using var scope = NewDisposeScope();
        using var model = EqualizerTests.Fused(Config);
        var frames = EqualizerTests.Frames(Config, 2);
        var table = Table(model, frames);
        var layers = model.Layers.Where(layer => layer.Kind is LayerKind.Conv2d or LayerKind.Linear && table[layer.Name].Quantized).ToList();
        var moments = Moments(model, table, frames, layers);
        var targets = layers.ToDictionary(layer => layer.Name, layer => Levels(layer, table));
        var (same, all) = (0L, 0L);

        AdaptiveRounding.Run(model, table, frames, steps);

        foreach (var layer in layers)
        {
            var form = moments[layer.Name] / moments[layer.Name].diagonal().mean();
            var wanted = PaperLevels(targets[layer.Name], form, steps);
            same += Levels(layer, table).round().eq(wanted).sum().ToInt64();
            all += wanted.numel();
        }

        Assert.InRange(all - same, 0, all / 1000);
    }

    [Fact]
    public void Layers_in_float_and_in_groups_keep_their_weights()
    {
        using var scope = NewDisposeScope();
        using var model = EqualizerTests.Fused(RandomModel.ConvNext);
        var frames = EqualizerTests.Frames(RandomModel.ConvNext, 1);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig { SensitiveLayers = ["pts_neck*"] });
        var table = Calibrator.Table(model, plan, Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => frames).Ranges);
        var kept = model.Layers.Where(layer => layer.HasWeight && (!table[layer.Name].Quantized || layer.Groups > 1)).ToDictionary(layer => layer.Name, layer => layer.Weight.clone());
        var steps = 0;

        var roundings = AdaptiveRounding.Run(model, table, frames, 5, () => steps++);

        Assert.Contains(kept.Keys, name => name.StartsWith("pts_neck", StringComparison.Ordinal));
        Assert.Contains(kept.Keys, name => model[name].Kind == LayerKind.DepthwiseConv2d);
        Assert.All(kept, layer => Assert.True(layer.Value.equal(model[layer.Key].Weight).all().ToBoolean(), layer.Key));
        Assert.Empty(roundings.Select(rounding => rounding.Name).Intersect(kept.Keys));
        Assert.Equal(roundings.Count, steps);
    }

    [Fact]
    public void Nothing_is_rounded_without_a_model_ranges_and_frames()
    {
        using var model = EqualizerTests.Fused(Config);
        Assert.Throws<ArgumentNullException>("model", () => AdaptiveRounding.Run(null!, new QuantizerTable([]), []));
        Assert.Throws<ArgumentNullException>("table", () => AdaptiveRounding.Run(model, null!, []));
        Assert.Throws<ArgumentNullException>("frames", () => AdaptiveRounding.Run(model, new QuantizerTable([]), null!));
    }

    [Fact]
    public void No_layer_gets_worse_and_most_get_better()
    {
        using var model = EqualizerTests.Fused(Config);
        var frames = EqualizerTests.Frames(Config, 4);

        var roundings = AdaptiveRounding.Run(model, Table(model, frames), frames);

        Assert.All(roundings, rounding => Assert.InRange(rounding.Chosen, 0, rounding.Nearest * 1.0001));
        Assert.InRange(roundings.Average(rounding => rounding.Chosen / rounding.Nearest), 0.05, 0.8);
    }

    [Fact]
    public void Each_weight_moves_to_one_of_its_two_neighbouring_levels_and_stays_there()
    {
        using var scope = NewDisposeScope();
        using var model = EqualizerTests.Fused(Config);
        var frames = EqualizerTests.Frames(Config, 2);
        var table = Table(model, frames);
        var before = model.Layers.Where(layer => layer.HasWeight).ToDictionary(layer => layer.Name, layer => layer.Weight.clone());

        AdaptiveRounding.Run(model, table, frames, steps: 100);

        using var quantizers = QuantizedLayers.Attach(model, table);
        foreach (var entry in table.Layers.Where(entry => entry is { Quantized: true, Input.ChannelScale: null }))
        {
            var layer = model[entry.Name];
            var shape = Enumerable.Repeat(1L, (int)layer.Weight.dim()).ToArray();
            shape[entry.Weight!.Axis ?? 0] = entry.Weight.Scale.Count;
            var step = tensor([.. entry.Weight.Scale], shape);
            Assert.InRange(((layer.Weight - before[entry.Name]) / step).abs().max().ToDouble(), 0, 1.001);
            Assert.True(allclose(layer.WeightQuantizer!.Quantize(layer.Weight), layer.Weight, rtol: 1e-5, atol: 1e-7), entry.Name);
        }
    }

    /// <summary>The sum of x·xᵀ over what the layers' outputs read at cells whose receptive field holds a pillar.</summary>
    private static Dictionary<string, Tensor> Moments(CenterPoint model, QuantizerTable table, List<CalibrationFrame> frames, List<Layer> layers)
    {
        using var noGrad = no_grad();
        var moments = new Dictionary<string, Tensor>();
        foreach (var frame in frames)
        {
            var masks = CellMasks.Occupied(model.Dense, frame.Pillars, Config, CPU);
            model.Forward(frame.Pillars, (layer, input) =>
            {
                if (!layers.Contains(layer))
                {
                    return;
                }

                var entry = table[layer.Name].Input!;
                var scaled = entry.ChannelScale is { } scales ? input * tensor([.. scales.Select(scale => 1f / scale)]) : input;
                var x = (scaled / entry.Scale).round().clamp(-128, 127) * entry.Scale;
                var rows = layer.Kind == LayerKind.Linear
                    ? x.reshape(-1, x.shape[^1]).t()
                    : nn.functional.unfold(x, layer.Weight.shape[2], padding: layer.Padding, stride: layer.Stride)[0].index_select(1, masks[layer.Name].flatten().nonzero().flatten());
                var product = rows.matmul(rows.t());
                moments[layer.Name] = moments.TryGetValue(layer.Name, out var sum) ? sum + product : product;
                moments[layer.Name].DetachFromDisposeScope();
            });
        }

        return moments;
    }

    /// <summary>A layer's weights in units of their scale, a row for each output channel.</summary>
    private static Tensor Levels(Layer layer, QuantizerTable table)
    {
        var (input, weight) = (table[layer.Name].Input!, table[layer.Name].Weight!);
        var columns = input.ChannelScale is { } scales ? layer.Weight * tensor([.. scales]) : layer.Weight;
        return columns.reshape(columns.shape[0], -1) / tensor([.. weight.Scale]).reshape(-1, 1);
    }

    /// <summary>
    /// Minimizes Σ(w − w̃)·E[x·xᵀ]·(w − w̃)ᵀ + 0.01·Σ(1 − |2h − 1|^β) over v with h = clip(1.2·σ(v) − 0.1, 0, 1); β falls from 20 to 2 after the first fifth.
    /// A channel whose error the nearest levels make smaller keeps those.
    /// </summary>
    private static Tensor PaperLevels(Tensor target, Tensor form, int steps)
    {
        var floor = target.floor();
        var start = (target - floor + 0.1) / 1.2;
        using var v = new TorchSharp.Modules.Parameter((start / (1 - start)).log());
        using var adam = optim.Adam([v], 0.02);
        for (var step = 1; step <= steps; step++)
        {
            adam.zero_grad();
            var h = ((v.sigmoid() * 1.2) - 0.1).clamp(0, 1);
            var loss = Error(floor + h).sum();
            var done = (double)step / steps;
            if (done > 0.2)
            {
                loss += 0.01 * (1 - ((2 * h) - 1).abs().pow(20 - (18 * (done - 0.2) / 0.8))).sum();
            }

            loss.backward();
            adam.step();
        }

        using var noGrad = no_grad();
        var learned = (floor + ((v.sigmoid() * 1.2) - 0.1).clamp(0, 1).round()).clamp(-128, 127);
        var nearest = target.round().clamp(-128, 127);
        return where(Error(learned).lt(Error(nearest)).unsqueeze(1), learned, nearest);

        Tensor Error(Tensor levels) => ((levels - target).matmul(form) * (levels - target)).sum(1);
    }

    private static QuantizerTable Table(CenterPoint model, List<CalibrationFrame> frames)
    {
        var plan = QuantizationPlan.Create(model, new QuantizationConfig { Quantize = ["pts_voxel_encoder", "pts_backbone", "pts_neck", "pts_bbox_head"] });
        return Calibrator.Table(model, plan, Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => frames).Ranges);
    }
}
