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

    private static QuantizerTable Table(CenterPoint model, List<CalibrationFrame> frames)
    {
        var plan = QuantizationPlan.Create(model, new QuantizationConfig { Quantize = ["pts_voxel_encoder", "pts_backbone", "pts_neck", "pts_bbox_head"] });
        return Calibrator.Table(model, plan, Calibrator.Run(model, plan, new CalibrationConfig { Method = "max" }, () => frames).Ranges);
    }
}
