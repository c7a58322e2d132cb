using Quant.Core.Diagnostics;
using Quant.Core.Export.Onnx;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Export.Linting;

/// <summary>Inputs of weighted operations: data and weight quantized together, biases float (TensorRT) or INT32 at the right scale (CPU), INT8 constants only into DQ.</summary>
internal static class WeightRules
{
    private static readonly Version FirstWithInt8Constants = new(10, 0);

    public static void Check(LintContext context)
    {
        foreach (var node in context.Nodes("Conv", "ConvTranspose", "Gemm", "MatMul"))
        {
            if (node.OpType != "MatMul")
            {
                CheckBias(context, node);
            }

            var (data, weight) = (IsDequantized(context, node, 0), IsDequantized(context, node, 1));
            if (data != weight && (context.TensorRt || !data))
            {
                context.Error(
                    DiagnosticCodes.LintPartialQuantization,
                    node,
                    $"has a quantized {(data ? "input" : "weight")} and a float {(data ? "weight" : "input")}; quantize both or neither");
            }
        }

        foreach (var node in context.Nodes("QuantizeLinear").Where(node => context.Constant(node, 0) is not null))
        {
            CheckWeightPair(context, node);
        }

        foreach (var tensor in context.Graph.Initializer.Where(tensor => tensor.DataType == (int)DataType.Int8 && OnnxTensor.Count(tensor) > 1))
        {
            CheckInt8Constant(context, tensor);
        }
    }

    internal static bool IsDequantized(LintContext context, NodeProto node, int input) => context.Producer(node, input)?.OpType == "DequantizeLinear";

    private static void CheckBias(LintContext context, NodeProto node)
    {
        if (context.Producer(node, 2) is not { OpType: "DequantizeLinear" or "QuantizeLinear" } bias)
        {
            return;
        }

        if (context.TensorRt)
        {
            context.Error(DiagnosticCodes.LintQuantizedBias, node, "has a quantized bias; TensorRT adds it in float: store it as a float constant");
            return;
        }

        var scales = new[] { context.Producer(node, 0), context.Producer(node, 1), bias }
            .Select(source => source is { OpType: "DequantizeLinear" } && context.Constant(source, 1) is { } constant ? OnnxTensor.Values(constant) : null)
            .ToArray();
        if (scales is not [{ Length: 1 } input, { Length: > 0 } weight, { Length: > 0 } actual] || actual.Length % weight.Length != 0
            || actual.Where((value, i) => Math.Abs(value - (input[0] * weight[i % weight.Length])) > 1e-5 * value).Any())
        {
            context.Error(DiagnosticCodes.LintQuantizedBias, node, "has a quantized bias whose scale is not input scale × weight scale");
        }
    }

    private static void CheckWeightPair(LintContext context, NodeProto quantize)
    {
        foreach (var reader in context.ReadersOf(quantize.Output.FirstOrDefault() ?? ""))
        {
            if (reader.OpType != "DequantizeLinear")
            {
                context.Error(DiagnosticCodes.LintPrequantizedWeight, quantize, $"quantizes a weight that '{reader.Name}' ({reader.OpType}) reads without DequantizeLinear");
            }
            else if (!QuantizerPair.SameScale(context, quantize, reader))
            {
                context.Error(DiagnosticCodes.LintDoubleQuantization, reader, $"has another scale than '{quantize.Name}', which quantizes its weight");
            }
        }
    }

    private static void CheckInt8Constant(LintContext context, TensorProto tensor)
    {
        foreach (var reader in context.ReadersOf(tensor.Name))
        {
            // A zero point is the third input of a Q or DQ.
            if (reader.OpType is "QuantizeLinear" or "DequantizeLinear" && LintContext.Name(reader, 0) != tensor.Name)
            {
                continue;
            }

            if (reader.OpType == "QuantizeLinear")
            {
                context.Error(DiagnosticCodes.LintPrequantizedWeight, reader, $"quantizes the INT8 constant '{tensor.Name}' again; feed it to DequantizeLinear");
            }
            else if (reader.OpType != "DequantizeLinear" && context.TensorRt)
            {
                context.Error(DiagnosticCodes.LintPrequantizedWeight, reader, $"reads the INT8 constant '{tensor.Name}' without DequantizeLinear");
            }
            else if (context is { TensorRt: true, Options.TensorRtVersion: { } version } && version < FirstWithInt8Constants)
            {
                context.Error(DiagnosticCodes.LintPrequantizedWeight, reader, $"reads the INT8 constant '{tensor.Name}', which TensorRT {version} does not take; set onnx_config.prequantized_weights: false");
            }
        }
    }
}
