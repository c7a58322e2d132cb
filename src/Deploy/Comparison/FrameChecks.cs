using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Comparison;

/// <summary>Refuses frames that cannot be compared; NaN never passes.</summary>
internal static class FrameChecks
{
    /// <summary>Names, shapes and finiteness of both models' outputs, every problem at once.</summary>
    public static void Check(
        string token,
        IReadOnlyList<OutputState> outputs,
        params ReadOnlySpan<(string Name, IReadOnlyDictionary<string, HostTensor> Tensors)> models)
    {
        var bag = new DiagnosticBag();
        foreach (var (model, tensors) in models)
        {
            foreach (var output in outputs)
            {
                CheckOutput($"frame '{token}': ", model, output, tensors, bag);
            }

            foreach (var name in tensors.Keys.Where(name => outputs.All(output => output.Name != name)))
            {
                bag.Error(DiagnosticCodes.ComparisonOutputMissing, $"frame '{token}': {model} has output '{name}', which the reference's first frame lacks");
            }
        }

        bag.ThrowIfErrors();
    }

    private static void CheckOutput(string frame, string model, OutputState output, IReadOnlyDictionary<string, HostTensor> tensors, DiagnosticBag bag)
    {
        if (!tensors.TryGetValue(output.Name, out var tensor))
        {
            bag.Error(DiagnosticCodes.ComparisonOutputMissing, $"{frame}{model} has no output '{output.Name}', only {string.Join(", ", tensors.Keys)}");
        }
        else if (!tensor.Shape.AsSpan().SequenceEqual(output.Shape) || tensor.Values.Length != output.Shape.Aggregate(1L, (n, d) => n * d))
        {
            bag.Error(
                DiagnosticCodes.ComparisonShapeMismatch,
                $"{frame}output '{output.Name}' of {model} is [{string.Join(", ", tensor.Shape)}] with {tensor.Values.Length} values, expected [{string.Join(", ", output.Shape)}]");
        }
        else if (Array.FindIndex(tensor.Values, value => !float.IsFinite(value)) is >= 0 and var index)
        {
            bag.Error(
                DiagnosticCodes.ComparisonNotFinite,
                $"{frame}output '{output.Name}' of {model} holds {tensor.Values[index]} at value {index} of {tensor.Values.Length}; a model with NaN or infinity cannot be compared");
        }
    }
}
