using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Models;

/// <summary>
/// The steps of one deployed component in execution order, the one description that forward, calibration, correction and
/// export walk.
/// </summary>
/// <param name="Name">The component: <c>pts_voxel_encoder</c> or <c>pts_backbone_neck_head</c>.</param>
/// <param name="Input">The name of its one input.</param>
/// <param name="Nodes">In an order in which every value is written before it is read.</param>
/// <param name="Outputs">In the order of the deployed graph (consumers bind them by index).</param>
public sealed record LayerGraph(string Name, string Input, ImmutableArray<GraphNode> Nodes, ImmutableArray<GraphOutput> Outputs)
{
    /// <summary>The layers in execution order.</summary>
    public IEnumerable<Layer> Layers => Nodes.Select(node => node.Layer).OfType<Layer>();

    /// <summary>The values that a layer's input quantizer is applied to: one, and of a sum possibly several.</summary>
    public IReadOnlyList<string> QuantizedInputsOf(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        var node = Nodes.First(node => ReferenceEquals(node.Layer, layer));
        return [.. layer.QuantizedOperands.Select(operand => node.Inputs[operand])];
    }

    /// <summary>Runs the graph; every value is freed after its last reader.</summary>
    /// <param name="input">The value <see cref="Input"/>; not disposed.</param>
    /// <param name="observe">Called with each layer and the float input it is about to read, before its input quantizer; for a sum with each operand that its quantizer applies to.</param>
    /// <param name="trace">Called with each value's name and tensor once it is written.</param>
    /// <returns>New tensors by their outside names, in the order of <see cref="Outputs"/>.</returns>
    public IReadOnlyDictionary<string, Tensor> Forward(Tensor input, Action<Layer, Tensor>? observe = null, Action<string, Tensor>? trace = null)
    {
        using var scope = NewDisposeScope();
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal) { [Input] = input };
        var quantized = new Dictionary<(string Value, ILayerQuantizer Quantizer), Tensor>();
        var lastUse = LastUses();
        for (var index = 0; index < Nodes.Length; index++)
        {
            var node = Nodes[index];
            values[node.Output] = Run(node, values, quantized, observe);
            trace?.Invoke(node.Output, values[node.Output]);
            foreach (var value in node.Inputs.Distinct())
            {
                if (lastUse[value] != index)
                {
                    continue;
                }

                if (value != Input)
                {
                    values[value].Dispose();
                }

                foreach (var key in quantized.Keys.Where(key => key.Value == value).ToList())
                {
                    quantized.Remove(key, out var copy);
                    copy!.Dispose();
                }
            }
        }

        return Outputs.ToDictionary(output => output.Name, output => values[output.Value].MoveToOuterDisposeScope(), StringComparer.Ordinal);
    }

    /// <summary>Runs the graph and keeps every value: [name] → tensor, <see cref="Input"/> included as it was given.</summary>
    public IReadOnlyDictionary<string, Tensor> Trace(Tensor input)
    {
        using var scope = NewDisposeScope();
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal) { [Input] = input };
        var quantized = new Dictionary<(string, ILayerQuantizer), Tensor>();
        foreach (var node in Nodes)
        {
            values[node.Output] = Run(node, values, quantized, null);
        }

        foreach (var node in Nodes)
        {
            values[node.Output].MoveToOuterDisposeScope();
        }

        return values;
    }

    /// <summary>The outputs when one layer computes otherwise than in a traced pass: only what depends on it runs again.</summary>
    /// <param name="values">Of <see cref="Trace"/>; they stay as they are.</param>
    /// <param name="changed">The layer.</param>
    /// <param name="ran">Called with every node that ran and its output.</param>
    /// <returns>By outside name: new tensors where the layer matters, the traced ones elsewhere.</returns>
    public IReadOnlyDictionary<string, Tensor> Again(IReadOnlyDictionary<string, Tensor> values, Layer changed, Action<GraphNode, Tensor>? ran = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        using var scope = NewDisposeScope();
        var current = new Dictionary<string, Tensor>(values, StringComparer.Ordinal);
        var quantized = new Dictionary<(string, ILayerQuantizer), Tensor>();
        var fresh = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in Nodes.Where(node => ReferenceEquals(node.Layer, changed) || node.Inputs.Any(fresh.Contains)))
        {
            current[node.Output] = Run(node, current, quantized, null);
            fresh.Add(node.Output);
            ran?.Invoke(node, current[node.Output]);
        }

        return Outputs.ToDictionary(output => output.Name, output => fresh.Contains(output.Value) ? current[output.Value].MoveToOuterDisposeScope() : values[output.Value], StringComparer.Ordinal);
    }

    private static Tensor Run(GraphNode node, Dictionary<string, Tensor> values, Dictionary<(string, ILayerQuantizer), Tensor> quantized, Action<Layer, Tensor>? observe)
    {
        switch (node.Op)
        {
            case GraphOp.Apply(var layer):
                Tensor[] sources = [.. node.Inputs.Select(name => values[name])];
                foreach (var operand in layer.QuantizedOperands)
                {
                    observe?.Invoke(layer, sources[operand]);
                    if (layer.InputQuantizer is { } quantizer)
                    {
                        var key = (node.Inputs[operand], quantizer);
                        sources[operand] = quantized.TryGetValue(key, out var copy) ? copy : quantized[key] = quantizer.Quantize(sources[operand]);
                    }
                }

                return layer.ForwardQuantizedInput(sources);
            default:
                return Combine(node, [.. node.Inputs.Select(name => values[name])]);
        }
    }

    /// <summary>The result of a node without a layer.</summary>
    public static Tensor Combine(GraphNode node, IReadOnlyList<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(node);
        using var scope = NewDisposeScope();
        var result = node.Op switch
        {
            GraphOp.ConcatChannels => cat([.. inputs], 1),
            GraphOp.MaxOverPoints => inputs[0].amax([1], keepdim: true),
            GraphOp.ToChannelsLast => inputs[0].permute(0, 2, 3, 1).contiguous(),
            GraphOp.ToChannelsFirst => inputs[0].permute(0, 3, 1, 2).contiguous(),
            GraphOp.AppendPillarMax => cat([inputs[0], inputs[1].expand_as(inputs[0])], 2),
            _ => throw new InvalidOperationException($"unknown graph operation {node.Op}"),
        };
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>For each value the index of its last reader; graph outputs have none.</summary>
    public IReadOnlyDictionary<string, int> LastUses()
    {
        var lastUse = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < Nodes.Length; index++)
        {
            foreach (var value in Nodes[index].Inputs)
            {
                lastUse[value] = index;
            }
        }

        foreach (var output in Outputs)
        {
            lastUse[output.Value] = int.MaxValue;
        }

        return lastUse;
    }
}
