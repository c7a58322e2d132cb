using System.Globalization;
using Quant.Core.Diagnostics;
using Quant.Core.Export.Onnx;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Export.Linting;

/// <summary>Scales are constants of rank 0 or 1, positive, finite, and normal numbers of their type ("Scale coefficients must all be positive").</summary>
internal static class ScaleRules
{
    private const double SmallestNormalHalf = 1.0 / (1 << 14);

    public static void Check(LintContext context)
    {
        foreach (var node in context.Nodes("QuantizeLinear", "DequantizeLinear"))
        {
            if (context.Constant(node, 1) is not { } scale)
            {
                context.Error(DiagnosticCodes.LintScale, node, "has a scale that is no constant");
                continue;
            }

            if (scale.Dims.Count > 1 && LintContext.Int(node, "block_size", 0) == 0)
            {
                context.Error(DiagnosticCodes.LintScale, node, $"has a scale of rank {scale.Dims.Count}; rank 0 is per tensor, rank 1 per channel");
            }

            CheckValues(context, node, scale);
        }
    }

    private static void CheckValues(LintContext context, NodeProto node, TensorProto scale)
    {
        if ((DataType)scale.DataType is not (DataType.Float or DataType.Float16 or DataType.Bfloat16))
        {
            context.Error(DiagnosticCodes.LintScale, node, $"has a scale of type {(DataType)scale.DataType}");
            return;
        }

        if (OnnxTensor.Values(scale) is not { } values)
        {
            context.Error(DiagnosticCodes.LintScale, node, "has a scale whose data do not match its shape");
            return;
        }

        var bad = Array.FindIndex(values, value => !double.IsFinite(value) || value <= 0);
        if (bad >= 0)
        {
            context.Error(DiagnosticCodes.LintScale, node, $"has the scale {values[bad].ToString("R", CultureInfo.InvariantCulture)} at {bad}; a channel without values takes scale 1");
        }
        else if (scale.DataType == (int)DataType.Float16 && Array.FindIndex(values, value => value < SmallestNormalHalf) is >= 0 and var small)
        {
            context.Error(DiagnosticCodes.LintScale, node, $"has the scale {values[small].ToString("R", CultureInfo.InvariantCulture)} at {small}, which is subnormal in FP16");
        }
    }
}
