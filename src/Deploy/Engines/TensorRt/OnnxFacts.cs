using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Onnx;

namespace Deploy.Engines.TensorRt;

/// <summary>What an ONNX file is, as far as the choice of flags and profiles needs to know.</summary>
/// <param name="HasQuantization">It holds QuantizeLinear or DequantizeLinear nodes.</param>
/// <param name="HasHalfBody">It computes in FP16: weights are FP16, or a Cast turns values into FP16.</param>
/// <param name="HasInt8Constants">Its weights are stored as INT8 before a DequantizeLinear.</param>
/// <param name="DeconvolutionAxis">Axis of the per-channel scales of its ConvTranspose weights; null when they are per tensor or float.</param>
/// <param name="Opset">Opset of the standard operators.</param>
/// <param name="IrVersion">ONNX IR version.</param>
/// <param name="Inputs">Graph inputs, initializers left out.</param>
public sealed record OnnxFacts(
    bool HasQuantization,
    bool HasHalfBody,
    bool HasInt8Constants,
    int? DeconvolutionAxis,
    int Opset,
    int IrVersion,
    IReadOnlyList<OnnxInput> Inputs)
{
    /// <summary>Factors that the maker of the input multiplies its features by, or null.</summary>
    public IReadOnlyList<float>? Factors { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="QuantException">QNT0401, QNT0402: the file is no readable ONNX model.</exception>
    public static OnnxFacts Read(string path) => Of(OnnxFile.Read(path));

    /// <summary>Looks at a model.</summary>
    public static OnnxFacts Of(ModelProto model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var graph = model.Graph;
        // A name that is defined twice is the linter's to report; the first one counts here.
        var constants = graph.Initializer.DistinctBy(tensor => tensor.Name).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var producers = graph.Node.SelectMany(node => node.Output.Select(output => (output, node))).DistinctBy(pair => pair.output).ToDictionary(pair => pair.output, pair => pair.node, StringComparer.Ordinal);
        return new OnnxFacts(
            graph.Node.Any(node => node.OpType is "QuantizeLinear" or "DequantizeLinear"),
            graph.Initializer.Any(tensor => tensor.DataType == (int)TensorProto.Types.DataType.Float16)
                || graph.Node.Any(node => node.OpType == "Cast" && node.Attribute.Any(attribute => attribute.Name == "to" && attribute.I == (long)TensorProto.Types.DataType.Float16)),
            graph.Node.Any(node => node.OpType == "DequantizeLinear" && Constant(node, 0, constants)?.DataType == (int)TensorProto.Types.DataType.Int8),
            graph.Node.Where(node => node.OpType == "ConvTranspose").Select(node => ScaleAxis(node, constants, producers)).FirstOrDefault(axis => axis is not null),
            (int)(model.OpsetImport.FirstOrDefault(import => import.Domain is "" or "ai.onnx")?.Version ?? 0),
            (int)model.IrVersion,
            [.. graph.Input.Where(input => !constants.ContainsKey(input.Name)).Select(Input)])
        {
            Factors = InputFactors.Of(model),
        };
    }

    private static int? ScaleAxis(NodeProto node, Dictionary<string, TensorProto> constants, Dictionary<string, NodeProto> producers)
    {
        if (node.Input.Count < 2 || !producers.TryGetValue(node.Input[1], out var dequantize) || dequantize.OpType != "DequantizeLinear")
        {
            return null;
        }

        var perChannel = Constant(dequantize, 1, constants) is { } scale && scale.Dims.Aggregate(1L, (product, size) => product * size) > 1;
        return perChannel ? (int)(dequantize.Attribute.FirstOrDefault(attribute => attribute.Name == "axis")?.I ?? 1) : null;
    }

    private static TensorProto? Constant(NodeProto node, int index, Dictionary<string, TensorProto> constants) =>
        index < node.Input.Count ? constants.GetValueOrDefault(node.Input[index]) : null;

    private static OnnxInput Input(ValueInfoProto value) => new(
        value.Name,
        [.. (value.Type?.TensorType?.Shape?.Dim ?? []).Select(size => size.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && size.DimValue > 0 ? (int?)size.DimValue : null)]);
}
