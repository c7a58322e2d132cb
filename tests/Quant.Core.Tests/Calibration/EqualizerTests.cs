using Quant.Core.Calibration;
using Quant.Core.Fusion;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Models;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Calibration;

public sealed class EqualizerTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public void The_float_function_stays_as_it_is(double alpha)
    {
        foreach (var config in new[] { RandomModel.TwoTasks, RandomModel.TwoTasks with { PtsNeck = new() { OutChannels = [5, 6, 7], UpsampleStrides = [1, 2, 4] }, PtsBboxHead = RandomModel.TwoTasks.PtsBboxHead with { OutSizeFactor = 1 } } })
        {
            using var model = Fused(config);
            using var scope = NewDisposeScope();
            var frames = Frames(config, 3);
            var before = frames.Select(frame => model.Forward(frame.Pillars)).ToList();
            var plan = QuantizationPlan.Create(model, new QuantizationConfig());

            var factors = Equalizer.Apply(model, plan, Equalizer.ChannelMaxima(model, frames), alpha);

            Assert.Contains(factors, layer => layer.Name == "pts_voxel_encoder.pfn_layers.1.linear");
            Assert.DoesNotContain(factors, layer => layer.Name == "pts_voxel_encoder.pfn_layers.0.linear");
            Assert.DoesNotContain(factors, layer => layer.Name.EndsWith(".heatmap.1", StringComparison.Ordinal));
            foreach (var (frame, expected) in frames.Zip(before))
            {
                foreach (var (name, output) in model.Forward(frame.Pillars))
                {
                    var largest = expected[name].abs().max().item<float>();
                    Assert.True((output - expected[name]).abs().max().item<float>() <= 1e-5f * Math.Max(1, largest), name);
                }
            }
        }
    }

    [Fact]
    public void At_alpha_1_every_live_channel_of_a_tensor_has_the_same_maximum()
    {
        using var model = Fused(RandomModel.TwoTasks);
        var frames = Frames(RandomModel.TwoTasks, 2);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());

        Equalizer.Apply(model, plan, Equalizer.ChannelMaxima(model, frames), 1);

        var after = Equalizer.ChannelMaxima(model, frames)["pts_backbone.blocks.0.0"];
        Assert.All(after.Where(maximum => maximum > 0), maximum => Assert.Equal(1, maximum / after.Max(), 1e-4));
    }

    [Fact]
    public void A_channel_that_never_fires_is_left_alone()
    {
        using var model = Fused(RandomModel.TwoTasks);
        var plan = QuantizationPlan.Create(model, new QuantizationConfig());
        var maxima = new Dictionary<string, float[]> { ["pts_backbone.blocks.0.0"] = [0f, 4f, 1f, 4f] };

        var factors = Assert.Single(Equalizer.Apply(model, plan, maxima, 0.5));

        Assert.Equal([1f, 1f, 0.5f, 1f], factors.Factors);
    }

    [Fact]
    public void A_tensor_is_scaled_when_any_of_its_readers_is_quantized()
    {
        using var model = Fused(RandomModel.TwoTasks);
        var maxima = Maxima(model);
        // The second stage and a branch of the neck read the first stage's output.
        var plan = QuantizationPlan.Create(model, new QuantizationConfig { Quantize = ["pts_neck.deblocks.0.0"] });

        Assert.Equal(["pts_backbone.blocks.0.3"], Equalizer.Apply(model, plan, maxima, 0.5).Select(layer => layer.Name));
    }

    [Fact]
    public void At_alpha_0_nothing_is_scaled()
    {
        using var model = Fused(RandomModel.TwoTasks);
        Assert.Empty(Equalizer.Apply(model, QuantizationPlan.Create(model, new QuantizationConfig()), Maxima(model), 0));
    }

    private static IReadOnlyDictionary<string, float[]> Maxima(CenterPoint model) => Equalizer.ChannelMaxima(model, Frames(RandomModel.TwoTasks, 2));

    internal static CenterPoint Fused(ModelConfig config)
    {
        var model = CenterPoint.Load(RandomModel.StateDict(config, 7), config, "random.pth");
        BatchNormFolder.Fold(model.Layers);
        return model;
    }

    internal static List<CalibrationFrame> Frames(ModelConfig config, int count) =>
        [.. Enumerable.Range(0, count).Select(seed => new CalibrationFrame($"frame {seed}", RandomModel.Pillars(config, seed)))];
}
