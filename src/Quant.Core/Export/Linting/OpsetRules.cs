using Quant.Core.Diagnostics;
using Quant.Core.Export.Onnx;
using AttributeType = Quant.Core.Export.Onnx.AttributeProto.Types.AttributeType;

namespace Quant.Core.Export.Linting;

/// <summary>Operators, attributes and types exist in the graph's opset, and the opset in the TensorRT that will read it.</summary>
internal static class OpsetRules
{
    /// <summary>Highest opset by TensorRT version (onnx-tensorrt, docs/operators.md); newer versions are not limited here.</summary>
    private static readonly (Version Below, int Opset)[] Limits = [(new Version(8, 6), 17), (new Version(10, 0), 17), (new Version(10, 2), 20)];

    public static void Check(LintContext context)
    {
        var imports = context.Model.OpsetImport.Where(item => item.Domain is "" or "ai.onnx").ToList();
        if (imports.Count != 1 || context.Opset < 1)
        {
            context.Error(DiagnosticCodes.LintOpset, $"the model imports {imports.Count} opsets of the default domain; it needs exactly one");
            return;
        }

        if (context is { TensorRt: true, Options.TensorRtVersion: { } version } && Limits.FirstOrDefault(limit => version < limit.Below) is { Below: not null } limit && context.Opset > limit.Opset)
        {
            context.Error(DiagnosticCodes.LintOpset, $"opset {context.Opset} is above {limit.Opset}, the highest that TensorRT {version} reads; set onnx_config.opset_version: {limit.Opset}");
        }

        foreach (var domain in context.Graph.Node.Select(node => node.Domain).Where(domain => domain is not ("" or "ai.onnx")).Distinct().Where(domain => context.Model.OpsetImport.All(item => item.Domain != domain)))
        {
            context.Error(DiagnosticCodes.LintOpset, $"nodes use the domain '{domain}', which the model does not import");
        }

        foreach (var node in context.Graph.Node.Where(node => node.Domain is "" or "ai.onnx" && OperatorForm.Knows(node.OpType)))
        {
            CheckForm(context, node);
        }

        CheckScaleTypes(context);
    }

    private static void CheckForm(LintContext context, NodeProto node)
    {
        if (OperatorForm.Of(node.OpType, context.Opset) is not { } form)
        {
            context.Error(DiagnosticCodes.LintOpset, node, $"does not exist in opset {context.Opset}");
            return;
        }

        if (node.Input.Count < form.Inputs.Min || node.Input.Count > form.Inputs.Max || node.Output.Count < 1 || node.Output.Count > form.MostOutputs)
        {
            context.Error(DiagnosticCodes.LintOpset, node, $"has {node.Input.Count} inputs and {node.Output.Count} outputs, which opset {context.Opset} does not allow");
        }

        foreach (var attribute in node.Attribute.Where(attribute => !form.Allowed.Contains(attribute.Name)))
        {
            context.Error(DiagnosticCodes.LintOpset, node, $"has the attribute '{attribute.Name}', which opset {context.Opset} does not know");
        }

        foreach (var name in form.Required.Where(name => LintContext.Attribute(node, name) is null))
        {
            context.Error(DiagnosticCodes.LintOpset, node, $"lacks the attribute '{name}'");
        }

        foreach (var attribute in node.Attribute.Where(attribute => attribute.HasType && !HoldsItsType(attribute)))
        {
            context.Error(DiagnosticCodes.LintOpset, node, $"has the attribute '{attribute.Name}' with a value that is not {attribute.Type}");
        }
    }

    private static bool HoldsItsType(AttributeProto attribute) => attribute.Type switch
    {
        AttributeType.Int => !attribute.HasF && !attribute.HasS && attribute.Ints.Count == 0,
        AttributeType.Ints => !attribute.HasI && !attribute.HasF && !attribute.HasS,
        AttributeType.Float => !attribute.HasI && !attribute.HasS && attribute.Ints.Count == 0,
        AttributeType.String => !attribute.HasI && !attribute.HasF && attribute.Ints.Count == 0,
        _ => true,
    };

    private static void CheckScaleTypes(LintContext context)
    {
        foreach (var node in context.Nodes("QuantizeLinear", "DequantizeLinear"))
        {
            if (context.Opset < 19 && context.Fact(node, 1).Type == TensorProto.Types.DataType.Float16)
            {
                context.Error(DiagnosticCodes.LintOpset, node, $"has an FP16 scale, which needs opset 19 and has {context.Opset}");
            }

            if (context.Opset < 13 && context.Fact(node, 1).Shape is { Length: > 0 } shape && shape is not [1])
            {
                context.Error(DiagnosticCodes.LintOpset, node, $"has a scale per channel, which needs opset 13 and has {context.Opset}");
            }
        }
    }
}
