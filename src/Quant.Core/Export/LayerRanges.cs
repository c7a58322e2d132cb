using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Quantization;

namespace Quant.Core.Export;

/// <summary>Finds and checks a layer's entry in a quantizer table.</summary>
internal static class LayerRanges
{
    /// <summary>The entry of a quantized layer, or null when the layer stays float.</summary>
    /// <exception cref="QuantException">QNT0406: no entry, or one that does not fit the weight.</exception>
    public static LayerQuantization? Of(QuantizerTable table, LayerWeights layer)
    {
        var entry = table.Layers.FirstOrDefault(item => item.Name == layer.Name)
            ?? throw Misfit(layer, "quantization.json has no entry for it");
        if (!entry.Quantized)
        {
            return null;
        }

        if (layer.Kind == LayerKind.LayerNorm)
        {
            throw Misfit(layer, "it is marked as quantized, and a LayerNorm stays in float");
        }

        if (entry.Input is not { } input || (entry.Weight is null && layer.Kind != LayerKind.Add))
        {
            throw Misfit(layer, "it is marked as quantized without an input or weight range");
        }

        if (input.ChannelScale is { } scales && (layer.Kind != LayerKind.Linear || scales.Count != layer.InputChannels || !scales.All(Positive)))
        {
            throw Misfit(layer, $"its channel scales ({scales.Count}) do not fit a {layer.Kind} with {layer.InputChannels} input channels");
        }

        if (!Positive(input.Scale) || !float.IsFinite(input.Amax))
        {
            throw Misfit(layer, "a scale is not positive and finite");
        }

        if (entry.Weight is { } weight)
        {
            Check(layer, weight);
        }

        return entry;
    }

    private static void Check(LayerWeights layer, WeightQuantization weight)
    {
        if (weight.Axis is { } axis && (axis < 0 || axis >= layer.WeightShape.Length))
        {
            throw Misfit(layer, $"its weight axis {axis} is outside [{string.Join(", ", layer.WeightShape)}]");
        }

        var channels = weight.Axis is { } along ? layer.WeightShape[along] : 1;
        if (weight.Scale.Count != channels || weight.Amax.Count != channels)
        {
            throw Misfit(layer, $"it has {weight.Amax.Count} weight ranges and {weight.Scale.Count} scales for {channels}");
        }

        if (!weight.Scale.All(Positive) || !weight.Amax.All(float.IsFinite))
        {
            throw Misfit(layer, "a scale is not positive and finite");
        }
    }

    private static bool Positive(float scale) => float.IsFinite(scale) && scale > 0;

    private static QuantException Misfit(LayerWeights layer, string why) => new(
        DiagnosticCodes.ExportRangesMissing,
        $"{layer.Name}: {why}; the ranges belong to another model or plan, run the calibrate stage again");
}
