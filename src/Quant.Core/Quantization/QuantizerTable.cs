using System.Text.Json.Serialization;

namespace Quant.Core.Quantization;

/// <summary>The result of calibration: every layer in execution order with its ranges (quantization.json).</summary>
/// <param name="Layers">In execution order, quantized or not.</param>
public sealed record QuantizerTable(IReadOnlyList<LayerQuantization> Layers)
{
    /// <summary>The version of the JSON form; changes only when a reader would break.</summary>
    public int Version { get; init; } = 1;

    /// <summary>
    /// What the ranges were made from, by name: SHA-256 of checkpoint, weights, calibration frames and settings, and of the ranges themselves, so that an edit is seen.
    /// Null for a table made in memory.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Origin { get; init; }

    /// <summary>The entry of a layer.</summary>
    public LayerQuantization this[string layer] => Layers.First(item => item.Name == layer);
}
