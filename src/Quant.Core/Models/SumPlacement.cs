using System.Collections.Immutable;

namespace Quant.Core.Models;

/// <summary>
/// Which operands of a sum are quantized (TensorRT, "Working with quantized types", Q/DQ placement: "quantize the residual input").
/// The result of a convolution or Linear layer without activation stays float up to the sum, so that the sum becomes that kernel's
/// epilogue; of several such operands it is the one computed last, when the others are ready. Every other operand is quantized.
/// A sum without such an operand quantizes all of them. The rule looks at the graph alone, so keeping one layer in float never moves
/// another's Q/DQ.
/// </summary>
public static class SumPlacement
{
    /// <summary>Indices of the quantized operands, ascending.</summary>
    /// <param name="nodes">The graph up to the sum.</param>
    /// <param name="operands">The values to add.</param>
    public static ImmutableArray<int> QuantizedOperands(IReadOnlyList<GraphNode> nodes, IReadOnlyList<string> operands)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(operands);
        var steps = operands.Select(operand => LinearStep(nodes, operand)).ToList();
        var last = steps.Max();
        var kept = last < 0 ? -1 : steps.IndexOf(last);
        return [.. Enumerable.Range(0, operands.Count).Where(index => index != kept)];
    }

    /// <summary>The step that computes a value as a weighted layer without activation, looking through changes of layout; −1 when there is none.</summary>
    private static int LinearStep(IReadOnlyList<GraphNode> nodes, string value)
    {
        for (var step = nodes.Count - 1; step >= 0; step--)
        {
            if (nodes[step].Output != value)
            {
                continue;
            }

            if (nodes[step].Op is not (GraphOp.ToChannelsFirst or GraphOp.ToChannelsLast))
            {
                return nodes[step].Layer is { IsWeighted: true, Activation: Activation.None } ? step : -1;
            }

            value = nodes[step].Inputs[0];
        }

        return -1;
    }
}
