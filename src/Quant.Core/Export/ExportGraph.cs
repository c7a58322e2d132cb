using System.Collections.Immutable;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using static TorchSharp.torch;

namespace Quant.Core.Export;

/// <summary>One deployed component as the exporters see it: layers without norms, weights in managed memory.</summary>
/// <param name="Name">The component: <c>pts_voxel_encoder</c> or <c>pts_backbone_neck_head</c>.</param>
/// <param name="Input">The name of its one input.</param>
/// <param name="Nodes">In an order in which every value is written before it is read.</param>
/// <param name="Outputs">In the order of the deployed graph (consumers bind them by index).</param>
public sealed record ExportGraph(string Name, string Input, ImmutableArray<ExportNode> Nodes, ImmutableArray<GraphOutput> Outputs)
{
    /// <summary>The layers in execution order.</summary>
    public IEnumerable<LayerWeights> Layers => Nodes.Select(node => node.Layer).OfType<LayerWeights>();

    /// <summary>Copies the weights of a fused layer graph into managed memory.</summary>
    /// <exception cref="QuantException">QNT0404: layers still have a norm or layer scale (all of them are named).</exception>
    public static ExportGraph From(LayerGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var unfused = graph.Layers.Where(layer => !layer.IsFolded).Select(layer => layer.Name).ToList();
        if (unfused.Count > 0)
        {
            throw new QuantException(
                DiagnosticCodes.ExportLayerNotFused,
                $"{graph.Name} cannot be exported: {string.Join(", ", unfused)} still have a batch norm or layer scale; run the fuse stage first (quantization.fusion.fuse_bn: true)");
        }

        return new ExportGraph(graph.Name, graph.Input, [.. graph.Nodes.Select(Convert)], graph.Outputs);
    }

    private static ExportNode Convert(GraphNode node) => new(
        node.Op switch
        {
            GraphOp.Apply(var layer) => new ExportOp.Apply(Convert(layer)),
            GraphOp.ConcatChannels => new ExportOp.ConcatChannels(),
            GraphOp.MaxOverPoints => new ExportOp.MaxOverPoints(),
            GraphOp.AppendPillarMax => new ExportOp.AppendPillarMax(),
            GraphOp.ToChannelsLast => new ExportOp.ToChannelsLast(),
            GraphOp.ToChannelsFirst => new ExportOp.ToChannelsFirst(),
            _ => throw new InvalidOperationException($"unknown graph operation {node.Op}"),
        },
        node.Inputs,
        node.Output);

    private static LayerWeights Convert(Layer layer) => new(
        layer.Name,
        layer.Kind,
        layer.HasWeight ? Values(layer.Weight) : [],
        layer.HasWeight ? [.. layer.Weight.shape] : [],
        layer.Bias is null ? null : Values(layer.Bias),
        layer.Activation,
        layer.Stride,
        layer.Padding,
        layer.Groups)
    {
        QuantizedOperands = layer.QuantizedOperands,
        Epsilon = layer.Epsilon,
    };

    private static float[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
    }
}
