using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Calibration;
using Quant.Core.Tests.Models;
using Quant.Core.Training;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Quantization;

public sealed class LearnedScalingTests
{
    private const string Pillars = "pts_voxel_encoder.pfn_layers.0.linear";

    [Fact]
    public void Channels_of_small_values_find_their_own_resolution()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var input = randn(512, 4) * tensor([50f, 3, 0.2f, 0.1f]);
        var weight = tensor([0.1f, 0.5f, 1, 2, 0.05f, -0.3f, 0.8f, -1.5f], [2, 4]);
        var wanted = input.matmul(weight.t());
        using var scaling = new LearnedScaling("q", [1, 1, 1, 1]);
        using var inner = new LearnedQuantizer("q", [150f]);
        using var rows = new LearnedQuantizer("w", [2f, 1.5f], axis: 0, rank: 2);
        Tensor Error() => (scaling.OfInput(inner).Quantize(input).matmul(scaling.OfWeight(rows).Quantize(weight).t()) - wanted).pow(2).mean();
        var before = Error().item<float>();
        using var optimizer = new AdamW([], [scaling.Factors, inner.Amax, rows.Amax], 0);

        for (var step = 0; step < 300; step++)
        {
            using var inside = NewDisposeScope();
            optimizer.ZeroGrad();
            Error().backward();
            optimizer.Update(0, 0.02, 15);
        }

        Assert.True(Error().item<float>() < before / 4, $"{before} to {Error().item<float>()}");
        Assert.True(scaling.Values()[3] < 0.2f * scaling.Values()[0]);
    }

    [Fact]
    public void The_table_holds_what_was_learned_and_gives_the_same_bits()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = EqualizerTests.Fused(RandomModel.TwoTasks);
        var layer = model[Pillars];
        var ranges = new InputQuantization($"{Pillars}._input_quantizer", 3, Symmetric.Scale(3), "max");
        var table = new QuantizerTable([new LayerQuantization(Pillars, layer.Kind, true, null, ranges, WeightRange.Max(layer, 0, null))]);
        var x = randn(6, 3, layer.InputChannels);
        Tensor Output() => layer.InputQuantizer!.Quantize(x).matmul(layer.WeightQuantizer!.Quantize(layer.Weight).t());
        Tensor learned;
        QuantizerTable stored;
        using (var attached = QuantizedLayers.Attach(model, table, learn: true, learnScaling: true))
        {
            attached.Scalings.Single().Factors.copy_(linspace(0.5, 2, x.shape[^1]));
            learned = Output();
            stored = attached.Ranges(table);
        }

        using var again = QuantizedLayers.Attach(model, stored);

        Assert.Equal(x.shape[^1], stored[Pillars].Input!.ChannelScale!.Count);
        Assert.True(Output().eq(learned).all().item<bool>());
    }
}
