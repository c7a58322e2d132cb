using Quant.Core.Diagnostics;
using Quant.Core.Export.Onnx;

namespace Quant.Core.Export.Linting;

/// <summary>Names: every tensor is defined once and before it is read; constants hold what their shapes say.</summary>
internal static class StructureRules
{
    public static void Check(LintContext context)
    {
        if (context.Model.Graph is null)
        {
            context.Error(DiagnosticCodes.LintStructure, "the model holds no graph");
            return;
        }

        if (context.Graph.Output.Count == 0)
        {
            context.Error(DiagnosticCodes.LintStructure, "the graph has no outputs");
        }

        CheckConstants(context);
        var defined = Definitions(context);
        foreach (var node in context.Graph.Node)
        {
            foreach (var input in node.Input.Where(name => name.Length > 0 && !defined.Contains(name)).Distinct())
            {
                context.Error(DiagnosticCodes.LintStructure, node, context.Producers.ContainsKey(input)
                    ? $"reads '{input}' before the node that writes it; sort the nodes"
                    : $"reads '{input}', which nothing defines");
            }

            foreach (var output in node.Output.Where(name => name.Length > 0 && !defined.Add(name)))
            {
                context.Error(DiagnosticCodes.LintStructure, node, $"writes '{output}', which is defined already");
            }
        }

        foreach (var output in context.Graph.Output.Where(output => !defined.Contains(output.Name)))
        {
            context.Error(DiagnosticCodes.LintStructure, $"graph output '{output.Name}' is written by no node");
        }

        foreach (var name in context.Graph.Node.Select(node => node.Name).Where(name => name.Length > 0).GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            context.Warning(DiagnosticCodes.LintStructure, $"{context.Graph.Node.Count(node => node.Name == name)} nodes have the name '{name}'; layer reports cannot tell them apart");
        }
    }

    private static HashSet<string> Definitions(LintContext context)
    {
        var defined = new HashSet<string>(StringComparer.Ordinal);
        foreach (var input in context.Graph.Input.Where(input => input.Name.Length == 0 || !defined.Add(input.Name)))
        {
            context.Error(DiagnosticCodes.LintStructure, $"graph input '{input.Name}' has no name or is defined twice");
        }

        // An initializer may be the default of a graph input of the same name.
        var initializers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in context.Graph.Initializer.Where(tensor => tensor.Name.Length == 0 || !initializers.Add(tensor.Name)))
        {
            context.Error(DiagnosticCodes.LintStructure, $"constant '{tensor.Name}' has no name or is defined twice");
        }

        defined.UnionWith(initializers);
        return defined;
    }

    private static void CheckConstants(LintContext context)
    {
        foreach (var tensor in context.Graph.Initializer)
        {
            if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
            {
                context.Error(DiagnosticCodes.LintStructure, $"constant '{tensor.Name}' is stored in another file");
            }
            else if (OnnxTensor.Count(tensor) is not { } count)
            {
                context.Error(DiagnosticCodes.LintStructure, $"constant '{tensor.Name}' has a negative or overflowing shape [{string.Join(", ", tensor.Dims)}]");
            }
            else if (tensor.HasRawData && OnnxTensor.ElementBytes(tensor.DataType) is { } size && tensor.RawData.Length != (decimal)count * size)
            {
                context.Error(DiagnosticCodes.LintStructure, $"constant '{tensor.Name}' of shape [{string.Join(", ", tensor.Dims)}] holds {tensor.RawData.Length} bytes");
            }
        }
    }
}
