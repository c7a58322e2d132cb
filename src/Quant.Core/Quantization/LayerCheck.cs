using Quant.Core.Models;

namespace Quant.Core.Quantization;

/// <summary>Holds one entry of an edited table against its layer.</summary>
public static class LayerCheck
{
    /// <summary>The reason of a layer that was switched off without one.</summary>
    public const string SwitchedOff = "switched off in quantization.table";

    /// <summary>The entry with the plan's quantizer and scales computed from its ranges, or null after a problem.</summary>
    public static LayerQuantization? Fit(LayerQuantization entry, Layer layer, LayerPlan plan, Action<string> report)
    {
        if (entry.Kind != plan.Kind)
        {
            report($"its kind is {entry.Kind} in the table and {plan.Kind} in the model");
            return null;
        }

        if (!entry.Quantized)
        {
            return new LayerQuantization(entry.Name, entry.Kind, false, entry.Reason ?? plan.Reason ?? SwitchedOff, null, null);
        }

        if (!plan.Quantized)
        {
            report($"it is quantized in the table, and the config keeps it in float ({plan.Reason}); write \"quantized\": false or change the config");
            return null;
        }

        var input = Input(entry.Input, layer, plan, report);
        var weight = layer.IsWeighted ? Weight(entry.Weight, layer, report) : null;
        if (!layer.IsWeighted && entry.Weight is not null)
        {
            report($"it has weight ranges, and {plan.Kind} has no weight to quantize");
        }

        return input is null || (layer.IsWeighted && weight is null) ? null : new LayerQuantization(entry.Name, entry.Kind, true, null, input, weight);
    }

    private static InputQuantization? Input(InputQuantization? input, Layer layer, LayerPlan plan, Action<string> report)
    {
        if (input is null)
        {
            report("it is quantized without an input range; write \"input\" or \"quantized\": false");
            return null;
        }

        if (!float.IsFinite(input.Amax) || input.Amax <= Symmetric.ZeroAmax)
        {
            report(FormattableString.Invariant($"its input amax is {input.Amax}; it must be a number above 0"));
            return null;
        }

        if (input.ChannelScale is { } scales && (layer.Kind != LayerKind.Linear || scales.Count != layer.InputChannels || !scales.All(scale => float.IsFinite(scale) && scale > 0)))
        {
            report($"its channel_scale has {scales.Count} values; it takes {(layer.Kind == LayerKind.Linear ? $"{layer.InputChannels} numbers above 0" : "none, since only Linear layers are scaled")}");
            return null;
        }

        return input with { Quantizer = plan.InputQuantizer!, Scale = Symmetric.Scale(input.Amax), Method = input.Method ?? "edited" };
    }

    private static WeightQuantization? Weight(WeightQuantization? weight, Layer layer, Action<string> report)
    {
        if (weight?.Amax is not { Count: > 0 } amax)
        {
            report("it is quantized without weight ranges; write \"weight\" or \"quantized\": false");
            return null;
        }

        if (weight.Axis is { } axis && axis != layer.OutputAxis)
        {
            report($"its weight axis is {axis}; it must be {layer.OutputAxis}, or null for one range");
            return null;
        }

        var channels = weight.Axis is null ? 1 : layer.Weight.shape[layer.OutputAxis];
        if (amax.Count != channels)
        {
            report($"it has {amax.Count} weight amax, and its weight [{string.Join(", ", layer.Weight.shape)}] takes {channels}");
            return null;
        }

        var bad = amax.Select((value, index) => (value, index)).Where(item => !float.IsFinite(item.value) || item.value < 0).ToList();
        if (bad.Count > 0)
        {
            report(FormattableString.Invariant($"weight amax {bad[0].index} is {bad[0].value}{(bad.Count > 1 ? $" and {bad.Count - 1} more are wrong" : "")}; they must be numbers from 0"));
            return null;
        }

        return weight with { Scale = [.. amax.Select(Symmetric.Scale)] };
    }
}
