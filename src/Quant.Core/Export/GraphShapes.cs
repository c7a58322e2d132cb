using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Quant.Core.Export;

/// <summary>Checks an export graph and finds the shape of each value, so that a wrong graph fails before a file exists.</summary>
internal static class GraphShapes
{
    /// <summary>Shapes by value name.</summary>
    /// <exception cref="QuantException">QNT0405: everything that does not fit.</exception>
    public static IReadOnlyDictionary<string, OnnxDimension[]> Infer(ExportGraph graph, IReadOnlyList<OnnxDimension> input)
    {
        var problems = new DiagnosticBag();
        var shapes = new Dictionary<string, OnnxDimension[]>(StringComparer.Ordinal) { [graph.Input] = [.. input] };
        foreach (var node in graph.Nodes)
        {
            var missing = node.Inputs.Where(name => !shapes.ContainsKey(name)).ToList();
            if (missing.Count > 0)
            {
                problems.Error(DiagnosticCodes.ExportGraphInvalid, $"{graph.Name}: '{node.Output}' reads {string.Join(", ", missing)} before anything writes it");
                continue;
            }

            void Problem(string text) => problems.Error(DiagnosticCodes.ExportGraphInvalid, $"{graph.Name}: '{node.Output}' {text}");
            if (Output(node, [.. node.Inputs.Select(name => shapes[name])], Problem) is { } shape && !shapes.TryAdd(node.Output, shape))
            {
                Problem("is written twice");
            }
        }

        foreach (var output in graph.Outputs.Where(output => !shapes.ContainsKey(output.Value)))
        {
            problems.Error(DiagnosticCodes.ExportGraphInvalid, $"{graph.Name}: output '{output.Name}' names the value '{output.Value}', which no node writes");
        }

        problems.ThrowIfErrors();
        return shapes;
    }

    private static OnnxDimension[]? Output(ExportNode node, OnnxDimension[][] inputs, Action<string> problem)
    {
        var arity = node.Op switch
        {
            ExportOp.AppendPillarMax => 2,
            ExportOp.ConcatChannels => Math.Max(inputs.Length, 1),
            ExportOp.Apply({ Kind: LayerKind.Add }) => Math.Max(inputs.Length, 2),
            _ => 1,
        };
        // Layers over the last axis take points [P, M, C] and maps [B, H, W, C].
        var rank = node.Op is ExportOp.MaxOverPoints or ExportOp.AppendPillarMax || (node.Layer is { ChannelsLast: true } && inputs is not [{ Length: 4 }]) ? 3 : 4;
        if (inputs.Length != arity || inputs.Any(input => input.Length != rank))
        {
            problem($"needs {arity} input(s) with {rank} dimensions, and has [{string.Join("], [", inputs.Select(input => string.Join(", ", input)))}]");
            return null;
        }

        return node.Op switch
        {
            ExportOp.Apply({ Kind: LayerKind.Add } layer) => Sum(layer, inputs, problem),
            ExportOp.Apply(var layer) => Layer(layer, inputs[0], problem),
            ExportOp.ToChannelsLast => [inputs[0][0], inputs[0][2], inputs[0][3], inputs[0][1]],
            ExportOp.ToChannelsFirst => [inputs[0][0], inputs[0][3], inputs[0][1], inputs[0][2]],
            ExportOp.ConcatChannels => Concat(inputs, 1, problem),
            ExportOp.MaxOverPoints => [inputs[0][0], OnnxDimension.Fixed(1), inputs[0][2]],
            ExportOp.AppendPillarMax => Concat([inputs[0], [inputs[1][0], inputs[0][1], inputs[1][2]]], 2, problem),
            ExportOp.DepthToSpace(var block) => DepthToSpace(inputs[0], block, problem),
            _ => throw new InvalidOperationException($"unknown export operation {node.Op}"),
        };
    }

    private static OnnxDimension[]? Layer(LayerWeights layer, OnnxDimension[] input, Action<string> problem)
    {
        var rank = layer.Kind switch
        {
            LayerKind.LayerNorm => 1,
            LayerKind.Linear => 2,
            _ => 4,
        };
        if (layer.WeightShape.Length != rank || layer.WeightShape.Any(dim => dim < 1) || layer.WeightShape.Aggregate(1L, (a, b) => a * b) != layer.Weight.Length)
        {
            problem($"has {layer.Weight.Length} weights for the shape [{string.Join(", ", layer.WeightShape)}]");
            return null;
        }

        if (layer.Stride < 1 || layer.Padding < 0 || layer.Groups < 1 || layer.InputChannels % layer.Groups != 0 || layer.OutputChannels % layer.Groups != 0)
        {
            problem($"has stride {layer.Stride}, padding {layer.Padding} and {layer.Groups} groups over {layer.InputChannels} to {layer.OutputChannels} channels");
            return null;
        }

        if (layer.Bias is { } bias && bias.Length != layer.OutputChannels)
        {
            problem($"has {bias.Length} biases for {layer.OutputChannels} output channels");
            return null;
        }

        if (Array.Exists(layer.Weight, value => !float.IsFinite(value)) || (layer.Bias is { } values && Array.Exists(values, value => !float.IsFinite(value))))
        {
            problem("has a weight or bias that is NaN or infinite");
            return null;
        }

        var channels = layer.ChannelsLast ? input[^1] : input[1];
        if (channels.Size is { } size && size != layer.InputChannels)
        {
            problem($"takes {layer.InputChannels} channels and gets {size}");
            return null;
        }

        return layer.ChannelsLast
            ? [.. input[..^1], OnnxDimension.Fixed(layer.OutputChannels)]
            : [input[0], OnnxDimension.Fixed(layer.OutputChannels), Spatial(layer, input[2], 2), Spatial(layer, input[3], 3)];
    }

    private static OnnxDimension[]? Sum(LayerWeights layer, OnnxDimension[][] inputs, Action<string> problem)
    {
        if (layer.QuantizedOperands.Any(operand => operand < 0 || operand >= inputs.Length))
        {
            problem($"quantizes the operands {string.Join(", ", layer.QuantizedOperands)} of {inputs.Length}");
            return null;
        }

        var result = (OnnxDimension[])inputs[0].Clone();
        for (var axis = 0; axis < result.Length; axis++)
        {
            var sizes = inputs.Select(input => input[axis]).Distinct().ToList();
            var known = sizes.Where(size => size.Size is not null).ToList();
            if (known.Count > 1)
            {
                problem($"adds the shapes [{string.Join("], [", inputs.Select(input => string.Join(", ", input)))}]");
                return null;
            }

            result[axis] = known.Count == 1 ? known[0] : sizes.Count == 1 ? sizes[0] : OnnxDimension.Unknown;
        }

        return result;
    }

    private static OnnxDimension Spatial(LayerWeights layer, OnnxDimension size, int axis)
    {
        var kernel = layer.WeightShape[axis];
        if (layer.Stride == 1 && kernel == 1 + (2 * layer.Padding))
        {
            return size;
        }

        return size.Size is not { } known ? OnnxDimension.Unknown : OnnxDimension.Fixed(layer.Kind == LayerKind.ConvTranspose2d
            ? ((known - 1) * layer.Stride) - (2 * layer.Padding) + kernel
            : ((known + (2 * layer.Padding) - kernel) / layer.Stride) + 1);
    }

    private static OnnxDimension[]? Concat(OnnxDimension[][] inputs, int axis, Action<string> problem)
    {
        var result = (OnnxDimension[])inputs[0].Clone();
        for (var i = 0; i < result.Length; i++)
        {
            var sizes = inputs.Select(input => input[i].Size).ToList();
            if (i == axis)
            {
                result[i] = sizes.Contains(null) ? OnnxDimension.Unknown : OnnxDimension.Fixed(sizes.Sum()!.Value);
            }
            else if (sizes.OfType<long>().Distinct().Count() > 1)
            {
                problem($"joins sizes {string.Join(", ", sizes)} on axis {i}");
                return null;
            }
            else
            {
                var known = inputs.FirstOrDefault(input => input[i].Size is not null)?[i];
                result[i] = known ?? (inputs.All(input => input[i] == inputs[0][i]) ? inputs[0][i] : OnnxDimension.Unknown);
            }
        }

        return result;
    }

    private static OnnxDimension[]? DepthToSpace(OnnxDimension[] input, int block, Action<string> problem)
    {
        if (block < 1 || input[1].Size is not { } channels || channels % (block * block) != 0)
        {
            problem($"spreads {input[1]} channels over blocks of {block}×{block}");
            return null;
        }

        OnnxDimension Larger(OnnxDimension size) => size.Size is { } known ? OnnxDimension.Fixed(known * block) : OnnxDimension.Unknown;
        return [input[0], OnnxDimension.Fixed(channels / (block * block)), Larger(input[2]), Larger(input[3])];
    }
}
