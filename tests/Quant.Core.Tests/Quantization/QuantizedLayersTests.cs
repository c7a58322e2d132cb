using Quant.Core.Calibration;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Quant.Core.Tests.Calibration;
using Quant.Core.Tests.Models;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Quantization;

/// <summary>A table's quantizers on a model, fixed or trained.</summary>
public sealed class QuantizedLayersTests : IDisposable
{
    private const string Conv = "pts_backbone.blocks.0.0";
    private const string Next = "pts_backbone.blocks.1.0";
    private const string Reader = "pts_neck.deblocks.0.0";
    private const string Kept = "pts_bbox_head.shared_conv.conv";
    private const string Linear = "pts_voxel_encoder.pfn_layers.1.linear";

    private readonly CenterPoint model = EqualizerTests.Fused(RandomModel.TwoTasks);
    private readonly QuantizerTable table;

    public QuantizedLayersTests()
    {
        var config = new QuantizationConfig { Quantize = ["pts_voxel_encoder", "pts_backbone", "pts_neck", "pts_bbox_head"], SensitiveLayers = [Kept] };
        var layers = QuantizationPlan.Create(model, config).Layers.Select(plan => plan.Quantized
            ? new LayerQuantization(plan.Name, plan.Kind, true, null, new(plan.InputQuantizer!, 1.5f, Symmetric.Scale(1.5f), "max"), WeightRange.Max(model[plan.Name], plan.WeightAxis))
            : new LayerQuantization(plan.Name, plan.Kind, false, plan.Reason, null, null));
        table = new QuantizerTable([.. layers]);
    }

    public void Dispose() => model.Dispose();

    [Fact]
    public void Quantized_layers_have_quantizers_until_they_are_taken_off()
    {
        using (var attached = QuantizedLayers.Attach(model, table))
        {
            Assert.All(model.Layers, layer => Assert.Equal(layer.Name != Kept, layer.InputQuantizer is not null && layer.WeightQuantizer is not null));
            Assert.Equal($"{Conv}._input_quantizer", model[Conv].InputQuantizer!.Name);
            Assert.Equal($"{Conv}._weight_quantizer", model[Conv].WeightQuantizer!.Name);
            Assert.Same(model[Next].InputQuantizer, model[Reader].InputQuantizer);
            Assert.NotSame(model[Conv].InputQuantizer, model[Next].InputQuantizer);
            Assert.Empty(attached.Learned);
        }

        Assert.All(model.Layers, layer => Assert.True(layer.InputQuantizer is null && layer.WeightQuantizer is null));
    }

    [Fact]
    public void An_inputs_range_is_the_tables_and_a_weights_range_that_of_its_channel()
    {
        using var scope = NewDisposeScope();
        using var attached = QuantizedLayers.Attach(model, table);

        Assert.Equal([1.5f, -1.5f * 128 / 127], model[Conv].InputQuantizer!.Quantize(tensor(new[] { 9f, -9f })).data<float>().ToArray());
        var weight = model[Conv].Weight;
        Assert.True((model[Conv].WeightQuantizer!.Quantize(weight) - weight).abs().amax([1, 2, 3]).le(weight.abs().amax([1, 2, 3]).mul(0.5001f / 127)).all().item<bool>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Channel_factors_divide_the_input_and_multiply_the_weights_columns(bool learn)
    {
        using var scope = NewDisposeScope();
        float[] factors = [1, 2, 4, 8, 1, 1, 1, 1];
        using var attached = QuantizedLayers.Attach(model, Edit(Linear, entry => entry with { Input = entry.Input! with { Amax = 127, ChannelScale = factors }, Weight = entry.Weight! with { Amax = [.. entry.Weight.Amax.Select(_ => 127f)] } }), learn);
        using var none = no_grad();

        Assert.Equal([8f, 4f, 2f, 1f], model[Linear].InputQuantizer!.Quantize(full([1, 8], 8f)).data<float>().ToArray()[..4]);
        Assert.Equal([3f, 6f, 12f, 24f], model[Linear].WeightQuantizer!.Quantize(full([6, 8], 3f)).data<float>().ToArray()[..4]);
        Assert.Equal(learn, attached.Learned.Count > 0);
    }

    [Fact]
    public void An_entry_without_weight_ranges_leaves_the_weight_alone()
    {
        using var attached = QuantizedLayers.Attach(model, Edit(Conv, entry => entry with { Weight = null }));

        Assert.NotNull(model[Conv].InputQuantizer);
        Assert.Null(model[Conv].WeightQuantizer);
    }

    [Fact]
    public void Fixed_ranges_stay_and_trained_ones_are_written_back()
    {
        using (var fixedRanges = QuantizedLayers.Attach(model, table))
        {
            Assert.Equal(table.Layers, fixedRanges.Ranges(table).Layers);
        }

        using var trained = QuantizedLayers.Attach(model, table, learn: true);
        using var none = no_grad();
        Assert.Equal(table.Layers.Where(layer => layer.Quantized).Select(layer => layer.Input!.Quantizer).Distinct().Count() + model.Layers.Count - 1, trained.Learned.Count);
        Assert.Equal(1.5f, trained.Ranges(table)[Conv].Input!.Amax);
        trained.Learned.Single(quantizer => quantizer.Name == $"{Next}._input_quantizer").Amax.mul_(2);
        trained.Learned.Single(quantizer => quantizer.Name == $"{Conv}._weight_quantizer").Amax.mul_(2);

        var after = trained.Ranges(table);

        Assert.Equal((3f, 3f / 127f, "learned"), (after[Next].Input!.Amax, after[Next].Input!.Scale, after[Next].Input!.Method));
        Assert.Equal(after[Next].Input, after[Reader].Input);
        Assert.Equal(1.5f, after[Conv].Input!.Amax);
        Assert.Equal(table[Conv].Weight!.Amax.Select(amax => 2 * amax), after[Conv].Weight!.Amax);
        Assert.Equal(after[Conv].Weight!.Amax.Select(Symmetric.Scale), after[Conv].Weight!.Scale);
        Assert.Equal(table[Next].Weight!.Amax, after[Next].Weight!.Amax);
        Assert.Equal(table[Kept], after[Kept]);
    }

    private QuantizerTable Edit(string name, Func<LayerQuantization, LayerQuantization> edit) => table with { Layers = [.. table.Layers.Select(layer => layer.Name == name ? edit(layer) : layer)] };
}
