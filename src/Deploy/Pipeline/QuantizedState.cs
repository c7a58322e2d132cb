using Quant.Core.Checkpoints;
using Quant.Core.Models;
using Quant.Core.Quantization;

namespace Deploy.Pipeline;

/// <summary>quantized.pth: folded weights and biases with the ranges under pytorch-quantization's keys.</summary>
internal static class QuantizedState
{
    /// <summary>Marks files whose float weights are no longer the float model: equalized for, or corrected against, INT8.</summary>
    public const string CorrectedKey = "corrected_for_int8";

    public static readonly IReadOnlyDictionary<string, string> CorrectedMeta = new Dictionary<string, string> { [CorrectedKey] = "true" };

    private const string InputKey = "._input_quantizer._amax";
    private const string WeightKey = "._weight_quantizer._amax";
    private const string ChannelKey = "._input_quantizer._channel_scale";

    public static StateDict Create(CenterPoint model, QuantizerTable table)
    {
        var ranges = table.Layers.Where(layer => layer.Quantized).SelectMany(layer =>
        {
            List<KeyValuePair<string, CheckpointTensor>> keys = [KeyValuePair.Create(layer.Name + InputKey, CheckpointTensor.FromFloat32([layer.Input!.Amax]))];
            if (layer.Input.ChannelScale is { } scales)
            {
                keys.Add(KeyValuePair.Create(layer.Name + ChannelKey, CheckpointTensor.FromFloat32([.. scales], [scales.Count])));
            }

            if (layer.Weight is not { } weight)
            {
                return keys;
            }

            var rank = model[layer.Name].Weight.shape.Length;
            // Per-channel ranges keep the weight's rank, as [out, 1, 1, 1].
            long[] shape = weight.Axis is { } axis ? [.. Enumerable.Range(0, rank).Select(index => index == axis ? (long)weight.Amax.Count : 1)] : [];
            keys.Add(KeyValuePair.Create(layer.Name + WeightKey, CheckpointTensor.FromFloat32([.. weight.Amax], shape)));
            return keys;
        });
        return new StateDict([.. model.ToStateDict(), .. ranges]);
    }

    /// <summary>The ranges of such a file, or null when it holds none; layers without both are float.</summary>
    public static QuantizerTable? Table(CenterPoint model, StateDict state)
    {
        var layers = model.Layers.Select(layer =>
        {
            CheckpointTensor? weight = null;
            if (!state.TryGet(layer.Name + InputKey, out var input) || (layer.IsWeighted && !state.TryGet(layer.Name + WeightKey, out weight)))
            {
                return new LayerQuantization(layer.Name, layer.Kind, false, "no ranges in the file", null, null);
            }

            var inputAmax = input.ToFloat32()[0];
            return new LayerQuantization(
                layer.Name,
                layer.Kind,
                true,
                null,
                new InputQuantization($"{layer.Name}._input_quantizer", inputAmax, Symmetric.Scale(inputAmax), "imported") { ChannelScale = ChannelScale(state, layer.Name) },
                weight is null ? null : Weight(weight));
        }).ToList();
        return layers.Exists(layer => layer.Quantized) ? new QuantizerTable(layers) : null;
    }

    /// <summary>The channel scales that such a file holds for a layer, or null.</summary>
    public static IReadOnlyList<float>? ChannelScale(StateDict state, string layer) => state.TryGet(layer + ChannelKey, out var scales) ? scales.ToFloat32() : null;

    private static WeightQuantization Weight(CheckpointTensor ranges)
    {
        var amax = ranges.ToFloat32();
        var axis = amax.Length == 1 ? (int?)null : ranges.Shape.ToList().FindIndex(size => size > 1);
        return new WeightQuantization(axis, amax, [.. amax.Select(Symmetric.Scale)]);
    }
}
