namespace Quant.Core.Quantization;

/// <summary>The result of calibration: every layer in execution order with its ranges (quantization.json).</summary>
/// <param name="Layers">In execution order, quantized or not.</param>
public sealed record QuantizerTable(IReadOnlyList<LayerQuantization> Layers)
{
    /// <summary>The version of the JSON form; changes only when a reader would break.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The entry of a layer.</summary>
    public LayerQuantization this[string layer] => Layers.First(item => item.Name == layer);
}
