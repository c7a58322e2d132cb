using Quant.Core.Models;

namespace Quant.Core.Quantization;

/// <summary>
/// One input quantizer for each tensor, named after the first layer that it serves: layers that read the same tensor share it, and so
/// do the quantized operands of one sum with everything else that reads them.
/// </summary>
public static class SharedQuantizers
{
    /// <summary>Layer name to quantizer name.</summary>
    /// <param name="graph">The graph of the layers.</param>
    /// <param name="layers">The quantized ones, in execution order.</param>
    public static IReadOnlyDictionary<string, string> Of(LayerGraph graph, IEnumerable<Layer> layers)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var quantized = layers.ToList();
        var group = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var values in quantized.Select(graph.QuantizedInputsOf))
        {
            foreach (var value in values)
            {
                group[Root(group, value)] = Root(group, values[0]);
            }
        }

        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        return quantized.ToDictionary(
            layer => layer.Name,
            layer =>
            {
                var root = Root(group, graph.QuantizedInputsOf(layer)[0]);
                names.TryAdd(root, $"{layer.Name}._input_quantizer");
                return names[root];
            },
            StringComparer.Ordinal);
    }

    private static string Root(Dictionary<string, string> group, string value)
    {
        while (group.TryGetValue(value, out var next) && next != value)
        {
            value = next;
        }

        return value;
    }
}
