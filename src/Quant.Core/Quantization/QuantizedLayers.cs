using Quant.Core.Models;

namespace Quant.Core.Quantization;

/// <summary>Puts a table's quantizers on a model's layers for as long as it lives; disposing takes them off again.</summary>
public sealed class QuantizedLayers : IDisposable
{
    private readonly CenterPoint model;
    private readonly List<TensorQuantizer> owned = [];

    private QuantizedLayers(CenterPoint model) => this.model = model;

    /// <summary>Attaches the quantizers; layers that share a name share one input quantizer.</summary>
    public static QuantizedLayers Attach(CenterPoint model, QuantizerTable table)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(table);
        var attached = new QuantizedLayers(model);
        var inputs = new Dictionary<string, TensorQuantizer>(StringComparer.Ordinal);
        foreach (var entry in table.Layers.Where(entry => entry.Quantized))
        {
            var layer = model[entry.Name];
            var device = model.Layers[0].Weight.device;
            if (!inputs.TryGetValue(entry.Input!.Quantizer, out var input))
            {
                inputs[entry.Input.Quantizer] = input = attached.Own(new TensorQuantizer(entry.Input.Quantizer, [entry.Input.Amax], device: device));
            }

            layer.InputQuantizer = input;
            if (entry.Weight is { } weight)
            {
                layer.WeightQuantizer = attached.Own(new TensorQuantizer($"{entry.Name}._weight_quantizer", weight.Amax, weight.Axis, (int)layer.Weight.dim(), device));
            }
        }

        return attached;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in model.Layers)
        {
            layer.InputQuantizer = null;
            layer.WeightQuantizer = null;
        }

        owned.ForEach(quantizer => quantizer.Dispose());
    }

    private TensorQuantizer Own(TensorQuantizer quantizer)
    {
        owned.Add(quantizer);
        return quantizer;
    }
}
