using Quant.Core.Export.Onnx;

namespace Quant.Core.Export.Linting;

/// <summary>Compares the scales and zero points of Q and DQ nodes.</summary>
internal static class QuantizerPair
{
    /// <summary>True when both nodes have bit-equal scales and zero points, or one of them is unknown.</summary>
    public static bool SameScale(LintContext context, NodeProto first, NodeProto second) =>
        Same(context, first, second, 1) && Same(context, first, second, 2) && LintContext.Int(first, "axis", 1) == LintContext.Int(second, "axis", 1);

    private static bool Same(LintContext context, NodeProto first, NodeProto second, int input) =>
        LintContext.Name(first, input) == LintContext.Name(second, input)
        || context.Constant(first, input) is not { } a || OnnxTensor.Values(a) is not { } left
        || context.Constant(second, input) is not { } b || OnnxTensor.Values(b) is not { } right
        || left.SequenceEqual(right);
}
