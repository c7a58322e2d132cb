using Quant.Core.Diagnostics;
using Quant.Core.Export.Onnx;

namespace Quant.Core.Export.Linting;

/// <summary>Scales per channel: on weights only, as many as the axis is long, on the axis that the consumer's kernels take.</summary>
internal static class ChannelAxisRules
{
    private static readonly Version DeconvolutionAxis1 = new(10, 2);
    private static readonly Version DeconvolutionAxis0 = new(8, 4);

    public static void Check(LintContext context)
    {
        foreach (var node in context.Nodes("QuantizeLinear", "DequantizeLinear"))
        {
            if (context.Fact(node, 1).Shape is not { Length: 1 } scale || scale[0] is not > 1 || LintContext.Int(node, "block_size", 0) > 0)
            {
                continue;
            }

            if (!IsWeight(context, node))
            {
                context.Error(DiagnosticCodes.LintChannelAxis, node, "has a scale per channel on an activation; only weights can have one");
            }

            CheckLength(context, node, scale[0]!.Value);
            if (node.OpType == "DequantizeLinear")
            {
                CheckConsumers(context, node);
            }
        }
    }

    /// <summary>True when a Q or DQ node works on a constant, directly or through its Q.</summary>
    internal static bool IsWeight(LintContext context, NodeProto node) =>
        context.Constant(node, 0) is not null || (context.Producer(node, 0) is { OpType: "QuantizeLinear" or "Cast" or "Transpose" or "Reshape" or "Identity" } source && context.Constant(source, 0) is not null);

    private static long? Axis(LintContext context, NodeProto node)
    {
        var axis = LintContext.Int(node, "axis", 1);
        return axis >= 0 ? axis : context.Fact(node, 0).Shape is { } shape ? axis + shape.Length : null;
    }

    private static void CheckLength(LintContext context, NodeProto node, long count)
    {
        if (context.Fact(node, 0).Shape is not { } shape || Axis(context, node) is not { } axis)
        {
            return;
        }

        if (axis < 0 || axis >= shape.Length)
        {
            context.Error(DiagnosticCodes.LintChannelAxis, node, $"has axis {axis} on a tensor of shape {context.Fact(node, 0).ShapeText}");
        }
        else if (shape[axis] is { } length && length != count)
        {
            context.Error(DiagnosticCodes.LintChannelAxis, node, $"has {count} scales for {length} channels on axis {axis} of {context.Fact(node, 0).ShapeText}");
        }
    }

    private static void CheckConsumers(LintContext context, NodeProto node)
    {
        foreach (var reader in context.ReadersOf(node.Output.FirstOrDefault() ?? "").Where(reader => LintContext.Name(reader, 1) == node.Output[0]))
        {
            switch (reader.OpType)
            {
                case "ConvTranspose":
                    CheckDeconvolution(context, node, reader);
                    break;
                case "Conv" when Axis(context, node) is not 0:
                    context.Error(DiagnosticCodes.LintChannelAxis, node, $"scales axis {Axis(context, node)} of the weight of '{reader.Name}'; a convolution's output channels are axis 0");
                    break;
                case "Gemm" or "MatMul":
                    var rank = context.Fact(node, 0).Shape?.Length ?? 2;
                    var expected = reader.OpType == "Gemm" && LintContext.Int(reader, "transB", 0) != 0 ? 0 : rank - 1;
                    if (Axis(context, node) is { } axis && axis != expected)
                    {
                        context.Error(DiagnosticCodes.LintChannelAxis, node, $"scales axis {axis} of the weight of '{reader.Name}'; its output channels are axis {expected}");
                    }

                    break;
                default:
                    break;
            }
        }
    }

    private static void CheckDeconvolution(LintContext context, NodeProto node, NodeProto reader)
    {
        if (Axis(context, node) is not { } axis || !context.TensorRt)
        {
            return;
        }

        if (LintContext.Int(reader, "group", 1) > 1)
        {
            context.Error(DiagnosticCodes.LintChannelAxis, node, $"scales the weight of the grouped deconvolution '{reader.Name}' per channel, which no axis expresses; set deconv_weight: per_tensor");
            return;
        }

        var version = context.Options.TensorRtVersion;
        var allowed = version is null || version >= DeconvolutionAxis1 ? 1 : version >= DeconvolutionAxis0 ? 0 : (long?)null;
        if (axis != allowed)
        {
            context.Error(
                DiagnosticCodes.LintChannelAxis,
                node,
                $"scales axis {axis} of the weight of the deconvolution '{reader.Name}'; TensorRT {version?.ToString() ?? "10.2 and later"} takes {(allowed is null ? "one scale" : $"axis {allowed} or one scale")}: set deconv_weight: per_tensor");
        }
        else if (version is null)
        {
            context.Warning(DiagnosticCodes.LintChannelAxis, node, $"scales the deconvolution '{reader.Name}' per channel, which TensorRT before 10.2 does not take");
        }
    }
}
