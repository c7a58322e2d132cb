using Quant.Core.Models;

namespace Deploy.Sensitivity;

/// <summary>Takes quantizers off layers and puts them on again, layer by layer.</summary>
public sealed class LayerSwitches
{
    private readonly Dictionary<Layer, (ILayerQuantizer Input, ILayerQuantizer? Weight)> quantizers;

    /// <summary>Remembers what is attached to a model now.</summary>
    public LayerSwitches(CenterPoint model)
    {
        ArgumentNullException.ThrowIfNull(model);
        quantizers = model.Layers.Where(layer => layer.InputQuantizer is not null).ToDictionary(layer => layer, layer => (layer.InputQuantizer!, layer.WeightQuantizer));
        Layers = [.. model.Layers.Where(quantizers.ContainsKey)];
    }

    /// <summary>Quantized layers in execution order.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>Quantizes one layer, or does not.</summary>
    public void Set(Layer layer, bool quantized)
    {
        ArgumentNullException.ThrowIfNull(layer);
        (layer.InputQuantizer, layer.WeightQuantizer) = quantized ? quantizers[layer] : (null, null);
    }

    /// <summary>Quantizes exactly the layers that the predicate chooses.</summary>
    public void SetAll(Func<Layer, bool> quantized)
    {
        ArgumentNullException.ThrowIfNull(quantized);
        foreach (var layer in Layers)
        {
            Set(layer, quantized(layer));
        }
    }
}
