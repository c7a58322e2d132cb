using System.Collections.Immutable;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Quantization;

namespace Quant.Core.Export;

/// <summary>
/// Rewrites each transposed convolution with kernel = stride and no padding as a 1×1 convolution and DepthToSpace:
/// y[o, s·i+a, s·j+b] = Σ_c x[c, i, j]·W[c, o, a, b] + bias[o]. The sums are the same; a range per output channel then lies on
/// weight axis 0, where every runtime takes it, and INT8 kernels exist wherever a convolution has them.
/// </summary>
public static class KernelStrideDeconvolution
{
    /// <summary>The same function without such layers; the convolution keeps the layer's name, its activation comes before DepthToSpace.</summary>
    public static ExportGraph Rewrite(ExportGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph with { Nodes = [.. graph.Nodes.SelectMany(Rewrite)] };
    }

    /// <summary>The ranges of the rewritten graph: a range per output channel is repeated for the s² positions, one range stays one.</summary>
    /// <param name="table">The ranges of <paramref name="graph"/>.</param>
    /// <param name="graph">The graph before <see cref="Rewrite(ExportGraph)"/>.</param>
    /// <exception cref="QuantException">QNT0406: ranges per input channel, which a convolution cannot hold.</exception>
    public static QuantizerTable Rewrite(QuantizerTable table, ExportGraph graph)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(graph);
        var rewritten = graph.Layers.Where(layer => layer.IsKernelStrideDeconvolution).ToDictionary(layer => layer.Name, StringComparer.Ordinal);
        return table with
        {
            Layers = [.. table.Layers.Select(entry => rewritten.TryGetValue(entry.Name, out var layer)
                ? entry with { Kind = LayerKind.Conv2d, Weight = entry.Weight is { } weight ? Spread(weight, layer) : null }
                : entry)],
        };
    }

    private static IEnumerable<ExportNode> Rewrite(ExportNode node)
    {
        if (node.Layer is not { IsKernelStrideDeconvolution: true } layer)
        {
            return [node];
        }

        var convolution = new ExportOp.Apply(Rewrite(layer));
        if (layer.Stride == 1)
        {
            return [node with { Op = convolution }];
        }

        var blocks = $"{node.Output}/blocks";
        return [new ExportNode(convolution, node.Inputs, blocks), new ExportNode(new ExportOp.DepthToSpace((int)layer.Stride), [blocks], node.Output)];
    }

    private static LayerWeights Rewrite(LayerWeights layer)
    {
        var block = (int)(layer.Stride * layer.Stride);
        var groups = (int)layer.Groups;
        var (inputs, outputs) = ((int)layer.InputChannels / groups, (int)layer.OutputChannels / groups);
        var weight = new float[layer.Weight.Length];
        for (var group = 0; group < groups; group++)
        {
            for (var input = 0; input < inputs; input++)
            {
                for (var row = 0; row < outputs * block; row++)
                {
                    weight[(((group * outputs * block) + row) * inputs) + input] = layer.Weight[(((group * inputs) + input) * outputs * block) + row];
                }
            }
        }

        return layer with
        {
            Kind = LayerKind.Conv2d,
            Weight = weight,
            WeightShape = [groups * outputs * block, inputs, 1, 1],
            Bias = layer.Bias is { } bias ? [.. bias.SelectMany(value => Enumerable.Repeat(value, block))] : null,
            Stride = 1,
        };
    }

    private static WeightQuantization Spread(WeightQuantization weight, LayerWeights layer) => weight.Axis switch
    {
        null => weight,
        1 => weight with { Axis = 0, Amax = Repeat(weight.Amax, layer), Scale = Repeat(weight.Scale, layer) },
        _ => throw new QuantException(
            DiagnosticCodes.ExportRangesMissing,
            $"{layer.Name}: weight ranges on axis {weight.Axis} (per input channel) cannot become ranges of a 1×1 convolution; use deconv_weight: per_tensor or per_channel (axis 1)"),
    };

    private static ImmutableArray<float> Repeat(IReadOnlyList<float> values, LayerWeights layer) =>
    [
        .. Enumerable.Range(0, (int)layer.Groups).SelectMany(_ => values).SelectMany(value => Enumerable.Repeat(value, (int)(layer.Stride * layer.Stride))),
    ];
}
