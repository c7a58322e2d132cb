using Quant.Core.Quantization;

namespace Quant.Core.Export;

/// <summary>
/// Which forms of each value the graph reads: float, uint8, or both. A layer becomes one integer operation only when its
/// output is read in exactly one uint8 form, so joins and DepthToSpace hand the form they are read in to their inputs.
/// </summary>
internal sealed class CpuDemands
{
    private readonly Dictionary<string, HashSet<CpuEncoding>> encodings = new(StringComparer.Ordinal);
    private readonly HashSet<string> floats = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Layer, int Operand), CpuEncoding> inputs = [];

    public CpuDemands(ExportGraph graph, QuantizerTable table, bool nonNegativeInput)
    {
        var nonNegative = NonNegative(graph, nonNegativeInput);
        floats.UnionWith(graph.Outputs.Select(output => output.Value));
        foreach (var node in graph.Nodes.Reverse())
        {
            if (node.Layer is { } layer)
            {
                var ranges = LayerRanges.Of(table, layer);
                foreach (var (operand, input) in node.Inputs.Index())
                {
                    if (ranges is not null && layer.QuantizedOperands.Contains(operand))
                    {
                        inputs[(layer.Name, operand)] = CpuEncoding.Of(ranges.Input!, nonNegative.Contains(input));
                        if (ranges.Input!.ChannelScale is null)
                        {
                            Want(input, inputs[(layer.Name, operand)]);
                        }
                        else
                        {
                            // Its channels are multiplied in float before they are quantized.
                            floats.Add(input);
                        }
                    }
                    else
                    {
                        floats.Add(input);
                    }
                }
            }
            else if (node.Op is ExportOp.ConcatChannels or ExportOp.DepthToSpace && Only(node.Output) is { } encoding)
            {
                foreach (var input in node.Inputs)
                {
                    Want(input, encoding);
                }
            }
            else
            {
                floats.UnionWith(node.Inputs);
            }
        }
    }

    /// <summary>The form in which a quantized layer reads an operand, or null where it reads float.</summary>
    public CpuEncoding? Input(LayerWeights layer, int operand = 0) => inputs.TryGetValue((layer.Name, operand), out var encoding) ? encoding : null;

    /// <summary>The one uint8 form that all readers of a value take, or null when there is a float reader or more than one form.</summary>
    public CpuEncoding? Only(string value) =>
        !floats.Contains(value) && encodings.TryGetValue(value, out var wanted) && wanted.Count == 1 ? wanted.Single() : null;

    private void Want(string value, CpuEncoding encoding)
    {
        if (!encodings.TryGetValue(value, out var wanted))
        {
            encodings[value] = wanted = [];
        }

        wanted.Add(encoding);
    }

    private static HashSet<string> NonNegative(ExportGraph graph, bool nonNegativeInput)
    {
        HashSet<string> values = nonNegativeInput ? [graph.Input] : [];
        foreach (var node in graph.Nodes)
        {
            if (node.Layer is { } layer ? layer.Activation == Models.Activation.Relu : node.Inputs.All(values.Contains))
            {
                values.Add(node.Output);
            }
        }

        return values;
    }
}
