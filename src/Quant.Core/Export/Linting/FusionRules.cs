using Quant.Core.Diagnostics;
using Quant.Core.Export.Onnx;

namespace Quant.Core.Export.Linting;

/// <summary>Places of Q and DQ from which no integer kernel can be built, or only with requantization.</summary>
internal static class FusionRules
{
    private static readonly HashSet<string> Weighted = ["Conv", "ConvTranspose", "Gemm", "MatMul"];

    /// <summary>Operations that quantization moves through, so Q/DQ on both sides act on the same numbers.</summary>
    private static readonly HashSet<string> Commuting = ["Relu", "MaxPool", "Transpose", "Reshape", "Slice", "Squeeze", "Unsqueeze", "Flatten", "Identity", "DepthToSpace"];

    public static void Check(LintContext context)
    {
        foreach (var node in context.Nodes("QuantizeLinear"))
        {
            CheckDoubleQuantization(context, node);
            CheckActivationBoundary(context, node);
        }

        foreach (var readers in context.Readers.Where(pair => pair.Value.Count(node => node.OpType == "QuantizeLinear" && LintContext.Name(node, 0) == pair.Key) > 1))
        {
            CheckTwoQuantizers(context, readers.Key, [.. readers.Value.Where(node => node.OpType == "QuantizeLinear" && LintContext.Name(node, 0) == readers.Key)]);
        }

        foreach (var node in context.Nodes("Concat"))
        {
            CheckConcat(context, node);
        }

        foreach (var node in context.Nodes("Cast", "Identity", "Dropout"))
        {
            CheckBlocker(context, node);
        }

        foreach (var node in context.Nodes("Add"))
        {
            CheckResidual(context, node);
        }
    }

    private static void CheckDoubleQuantization(LintContext context, NodeProto quantize)
    {
        var source = context.Producer(quantize, 0);
        for (var steps = 0; source is not null && Commuting.Contains(source.OpType) && steps < 64; steps++)
        {
            source = context.Producer(source, 0);
        }

        if (source is { OpType: "DequantizeLinear" } && !QuantizerPair.SameScale(context, source, quantize))
        {
            context.Error(DiagnosticCodes.LintDoubleQuantization, quantize, $"quantizes again what '{source.Name}' gives, with another scale; keep one Q/DQ pair on the tensor");
        }
    }

    private static void CheckTwoQuantizers(LintContext context, string tensor, List<NodeProto> quantizers)
    {
        var other = quantizers.Skip(1).FirstOrDefault(node => !QuantizerPair.SameScale(context, quantizers[0], node));
        if (other is not null)
        {
            context.Warning(DiagnosticCodes.LintDoubleQuantization, other, $"quantizes '{tensor}', which '{quantizers[0].Name}' quantizes with another scale; layers that read one tensor should share a quantizer");
        }
    }

    /// <summary>SiLU is one fused operation: a Q between Sigmoid and Mul splits it.</summary>
    private static void CheckActivationBoundary(LintContext context, NodeProto quantize)
    {
        if (context.Producer(quantize, 0) is not { OpType: "Sigmoid" } sigmoid)
        {
            return;
        }

        var dequantized = context.ReadersOf(quantize.Output.FirstOrDefault() ?? "").Where(node => node.OpType == "DequantizeLinear").SelectMany(node => node.Output).ToList();
        var source = LintContext.Name(sigmoid, 0);
        if (context.Nodes("Mul").Any(mul => mul.Input.Any(dequantized.Contains) && mul.Input.Contains(source)))
        {
            context.Warning(DiagnosticCodes.LintPartialQuantization, quantize, $"stands inside SiLU, after '{sigmoid.Name}'; quantize the product instead");
        }
    }

    private static void CheckConcat(LintContext context, NodeProto concat)
    {
        var sources = Enumerable.Range(0, concat.Input.Count).Select(index => context.Producer(concat, index)).OfType<NodeProto>().Where(node => node.OpType == "DequantizeLinear").ToList();
        if (sources.Count > 1 && sources.Exists(node => !QuantizerPair.SameScale(context, sources[0], node)))
        {
            context.Warning(DiagnosticCodes.LintConcatScales, concat, $"joins tensors with different scales ({string.Join(", ", sources.Select(node => node.Name))}); give them one scale, the largest");
        }
        else if (sources.Count > 0 && sources.Count < concat.Input.Count)
        {
            context.Warning(DiagnosticCodes.LintConcatScales, concat, $"joins {sources.Count} quantized and {concat.Input.Count - sources.Count} float tensors; quantize all or none");
        }
    }

    private static void CheckBlocker(LintContext context, NodeProto node)
    {
        var readers = context.ReadersOf(node.Output.FirstOrDefault() ?? "");
        var source = context.Producer(node, 0);
        if (source is { OpType: "DequantizeLinear" } && readers.FirstOrDefault(reader => Weighted.Contains(reader.OpType)) is { } weighted)
        {
            context.Error(DiagnosticCodes.LintFusionBlocked, node, $"stands between '{source.Name}' (DequantizeLinear) and '{weighted.Name}' ({weighted.OpType}), which then runs in float; remove it");
        }
        else if (node.OpType != "Cast" && source is not null && Weighted.Contains(source.OpType) && readers.FirstOrDefault(reader => reader.OpType == "BatchNormalization") is { } norm)
        {
            context.Error(DiagnosticCodes.LintFusionBlocked, node, $"stands between '{source.Name}' ({source.OpType}) and '{norm.Name}' (BatchNormalization), which cannot be fused then; remove it");
        }
    }

    /// <summary>A convolution's result that is added should stay float up to the sum; only the other operand is quantized.</summary>
    private static void CheckResidual(LintContext context, NodeProto add)
    {
        var operands = new[] { context.Producer(add, 0), context.Producer(add, 1) };
        if (Array.TrueForAll(operands, node => node is { OpType: "DequantizeLinear" })
            && operands.Any(node => context.Producer(node!, 0) is { OpType: "QuantizeLinear" } quantize && context.Producer(quantize, 0) is { OpType: "Conv" or "ConvTranspose" }))
        {
            context.Warning(DiagnosticCodes.LintPartialQuantization, add, "has Q/DQ on both operands, one of them a convolution's result; quantize the other operand only, so that the sum is fused");
        }
    }
}
