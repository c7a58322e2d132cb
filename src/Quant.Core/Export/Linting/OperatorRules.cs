using Quant.Core.Diagnostics;
using Quant.Core.Export.Onnx;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Export.Linting;

/// <summary>Operators that TensorRT cannot import, INT8 layers that gain nothing, and the types of graph inputs and outputs.</summary>
internal static class OperatorRules
{
    private const int FewChannels = 16;

    private static readonly HashSet<string> RuntimeOnly = ["ConvInteger", "MatMulInteger", "DynamicQuantizeLinear", "QGemm", "MatMulIntegerToFloat"];

    public static void Check(LintContext context)
    {
        if (!context.TensorRt)
        {
            return;
        }

        foreach (var node in context.Graph.Node.Where(node => node.OpType.StartsWith("QLinear", StringComparison.Ordinal) || RuntimeOnly.Contains(node.OpType)))
        {
            context.Error(DiagnosticCodes.LintUnsupportedOperator, node, "is ONNX Runtime's own integer form, which TensorRT cannot import; export Q/DQ instead");
        }

        CheckSpeed(context);
        foreach (var value in context.Graph.Input.Concat(context.Graph.Output).Where(value => TensorFacts.Declared(value).Type is DataType.Float16 or DataType.Bfloat16 or DataType.Int8 or DataType.Uint8))
        {
            context.Warning(DiagnosticCodes.LintGraphIo, $"graph input or output '{value.Name}' is {TensorFacts.Declared(value).Type}; consumers (Autoware) hand over FP32 buffers");
        }
    }

    private static void CheckSpeed(LintContext context)
    {
        List<string> depthwise = [], narrow = [], vectors = [];
        foreach (var node in context.Nodes("Conv", "ConvTranspose", "MatMul", "Gemm").Where(node => WeightRules.IsDequantized(context, node, 0) && WeightRules.IsDequantized(context, node, 1)))
        {
            if (context.Fact(node, 1).Shape is not { Length: >= 2 } weight)
            {
                continue;
            }

            var group = LintContext.Int(node, "group", 1);
            if (node.OpType is "MatMul" or "Gemm")
            {
                (weight[^1] == 1 || weight[^2] == 1 ? vectors : []).Add(node.Name);
            }
            else if (group > 1 && (node.OpType == "Conv" ? weight[0] : weight[1] * group) == group)
            {
                depthwise.Add(node.Name);
            }
            else if (weight[0] < FewChannels || weight[1] * group < FewChannels)
            {
                narrow.Add(node.Name);
            }
        }

        foreach (var (names, what) in new[] { (depthwise, "depthwise convolutions"), (narrow, $"convolutions with fewer than {FewChannels} channels"), (vectors, "matrix-vector products") })
        {
            if (names.Count > 0)
            {
                context.Warning(DiagnosticCodes.LintSlowInt8, $"{what} gain little or nothing from INT8: {string.Join(", ", names)}; quantization.sensitive_layers keeps them in FP16");
            }
        }
    }
}
