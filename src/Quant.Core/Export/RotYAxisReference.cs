using System.Text.RegularExpressions;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Quantization;

namespace Quant.Core.Export;

/// <summary>
/// Folds AWML's <c>--rot_y_axis_reference</c>, which Autoware expects, into the head's last convolutions: dim becomes (w, l, h)
/// instead of (l, w, h) and rot becomes (−cos, −sin) instead of (sin, cos). No node is added to the graph.
/// </summary>
public static partial class RotYAxisReference
{
    private static readonly (int Row, float Sign)[] Dim = [(1, 1), (0, 1), (2, 1)];
    private static readonly (int Row, float Sign)[] Rot = [(1, -1), (0, -1)];

    /// <summary>The graph with the rows of its dim and rot convolutions permuted and negated.</summary>
    /// <exception cref="QuantException">QNT0410: the graph lacks dim or rot outputs, or they do not come straight from a convolution with 3 or 2 outputs.</exception>
    public static ExportGraph Fold(ExportGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var changes = Changes(graph);
        return graph with
        {
            Nodes = [.. graph.Nodes.Select(node => node.Layer is { } layer && changes.TryGetValue(layer.Name, out var rows)
                ? node with { Op = new ExportOp.Apply(Permute(layer, rows)) }
                : node)],
        };
    }

    /// <summary>The ranges of the folded graph: per-channel weight ranges follow their rows.</summary>
    /// <param name="table">The ranges of <paramref name="graph"/>.</param>
    /// <param name="graph">The graph before <see cref="Fold(ExportGraph)"/>.</param>
    /// <exception cref="QuantException">QNT0410: as <see cref="Fold(ExportGraph)"/>.</exception>
    public static QuantizerTable Fold(QuantizerTable table, ExportGraph graph)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(graph);
        var changes = Changes(graph);
        return table with
        {
            Layers = [.. table.Layers.Select(layer => layer.Weight is { Axis: 0 } weight && changes.TryGetValue(layer.Name, out var rows) && rows.Length == weight.Amax.Count
                ? layer with { Weight = weight with { Amax = [.. rows.Select(row => weight.Amax[row.Row])], Scale = [.. rows.Select(row => weight.Scale[row.Row])] } }
                : layer)],
        };
    }

    private static Dictionary<string, (int Row, float Sign)[]> Changes(ExportGraph graph)
    {
        var problems = new DiagnosticBag();
        var changes = new Dictionary<string, (int Row, float Sign)[]>(StringComparer.Ordinal);
        foreach (var (kind, rows) in new[] { ("dim", Dim), ("rot", Rot) })
        {
            var outputs = graph.Outputs.Where(output => OutputName().Match(output.Name) is { Success: true } match && match.Groups[1].Value == kind).ToList();
            if (outputs.Count == 0)
            {
                problems.Error(DiagnosticCodes.RotYAxisImpossible, $"{graph.Name} has no output '{kind}'; rot_y_axis_reference applies to a head with dim and rot only");
            }

            foreach (var output in outputs)
            {
                var layer = graph.Nodes.FirstOrDefault(node => node.Output == output.Value)?.Layer;
                if (layer is { Kind: LayerKind.Conv2d, Activation: Activation.None, Groups: 1 } && layer.OutputChannels == rows.Length && Readers(graph, output.Value) == 1)
                {
                    changes[layer.Name] = rows;
                }
                else
                {
                    problems.Error(
                        DiagnosticCodes.RotYAxisImpossible,
                        $"output '{output.Name}' is not the plain result of one convolution with {rows.Length} channels; set onnx_config.rot_y_axis_reference: false");
                }
            }
        }

        problems.ThrowIfErrors();
        return changes;
    }

    private static int Readers(ExportGraph graph, string value) =>
        graph.Nodes.Count(node => node.Inputs.Contains(value)) + graph.Outputs.Count(output => output.Value == value);

    private static LayerWeights Permute(LayerWeights layer, (int Row, float Sign)[] rows)
    {
        var length = layer.Weight.Length / rows.Length;
        return layer with
        {
            Weight = [.. rows.SelectMany(row => layer.Weight.Skip(row.Row * length).Take(length).Select(value => row.Sign * value))],
            Bias = layer.Bias is { } bias ? [.. rows.Select(row => row.Sign * bias[row.Row])] : null,
        };
    }

    /// <summary>dim, rot, and dim_0, rot_0 … of a head with several tasks.</summary>
    [GeneratedRegex(@"^(dim|rot)(?:_\d+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex OutputName();
}
