using Quant.Core.Diagnostics;
using Quant.Core.Export.Onnx;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Export.Linting;

/// <summary>Zero points: for TensorRT constant INT8 zeros ("TRT only supports symmetric quantization"); for the CPU any constant of 8 bits.</summary>
internal static class ZeroPointRules
{
    public static void Check(LintContext context)
    {
        foreach (var node in context.Nodes("QuantizeLinear", "DequantizeLinear"))
        {
            Check(context, node);
        }
    }

    private static void Check(LintContext context, NodeProto node)
    {
        if (LintContext.Name(node, 2).Length == 0)
        {
            var unsigned = node.OpType == "QuantizeLinear" && LintContext.Int(node, "output_dtype", 0) is 0 or (long)DataType.Uint8;
            if (context.TensorRt && unsigned)
            {
                context.Error(DiagnosticCodes.LintZeroPoint, node, "has no zero point, which means UINT8; TensorRT takes INT8: add an INT8 zero point of 0");
            }

            return;
        }

        if (context.Constant(node, 2) is not { } zero || OnnxTensor.Values(zero) is not { } values)
        {
            context.Error(DiagnosticCodes.LintZeroPoint, node, "has a zero point that is no readable constant");
            return;
        }

        var type = (DataType)zero.DataType;
        if (context.TensorRt && type is DataType.Uint8 or DataType.Uint16 or DataType.Int16)
        {
            context.Error(DiagnosticCodes.LintZeroPoint, node, $"quantizes to {type}; TensorRT takes signed INT8");
        }

        if (context.TensorRt && Array.Exists(values, value => value != 0))
        {
            context.Error(DiagnosticCodes.LintZeroPoint, node, $"has the zero point {values.First(value => value != 0)}; TensorRT takes symmetric quantization only");
        }

        if (!context.TensorRt && values.Distinct().Count() > 1)
        {
            context.Error(DiagnosticCodes.LintZeroPoint, node, "has different zero points per channel, which integer kernels do not take");
        }

        if (context.Constant(node, 1) is { } scale && OnnxTensor.Count(scale) is { } count && count != values.Length)
        {
            context.Error(DiagnosticCodes.LintZeroPoint, node, $"has {count} scales and {values.Length} zero points");
        }
    }
}
