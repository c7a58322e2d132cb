using Quant.Core.Diagnostics;
using Quant.Core.Export.Onnx;
using Quant.Core.Models;
using Quant.Core.Quantization;
using static Quant.Core.Export.OnnxGraphBuilder;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Export;

/// <summary>One walk over a graph that writes its float or signed Q/DQ form.</summary>
internal sealed class OnnxGraphWriter
{
    private readonly ExportGraph graph;
    private readonly OnnxExportOptions options;
    private readonly QuantizerTable? table;
    private readonly int opset;
    private readonly DataType body;
    private readonly OnnxInterface contract;
    private readonly OnnxGraphBuilder builder;
    private readonly FloatNodes floats;
    private readonly Dictionary<string, string> outputNames;
    private readonly Dictionary<(string Value, DataType Type), string> tensors = [];
    private readonly Dictionary<(string Tensor, string Quantizer), string> quantized = [];
    private float[]? inputFactors;

    public OnnxGraphWriter(ExportGraph graph, OnnxExportOptions options, QuantizerTable? table, bool half, int opset)
    {
        (this.graph, this.options, this.table, this.opset) = (graph, options, table, opset);
        body = half ? DataType.Float16 : DataType.Float;
        contract = options.Interface ?? OnnxInterface.Awml(graph);
        builder = new OnnxGraphBuilder(graph.Name);
        floats = new FloatNodes(builder, opset);
        outputNames = graph.Outputs.DistinctBy(output => output.Value).ToDictionary(output => output.Value, output => output.Name, StringComparer.Ordinal);
    }

    public ModelProto Write()
    {
        var shapes = GraphShapes.Infer(graph, contract.InputShape);
        tensors[(graph.Input, DataType.Float)] = builder.Input(contract.InputName, DataType.Float, contract.InputShape);
        foreach (var node in graph.Nodes)
        {
            Write(node);
        }

        foreach (var output in graph.Outputs)
        {
            var tensor = Read(output.Value, DataType.Float);
            if (tensor != output.Name)
            {
                builder.Node("Identity", $"{output.Name}/Identity", [tensor], output.Name);
            }

            builder.Output(output.Name, DataType.Float, [.. shapes[output.Value].Select(OutputDimension)]);
        }

        var model = builder.Build(options, opset);
        if (inputFactors is not null)
        {
            InputFactors.Write(model, inputFactors);
        }

        return model;
    }

    private OnnxDimension OutputDimension(OnnxDimension dimension, int axis) =>
        dimension.Size is null && contract.OutputAxes.TryGetValue(axis, out var name) ? OnnxDimension.Dynamic(name) : dimension;

    private void Write(ExportNode node)
    {
        switch (node.Op)
        {
            case ExportOp.Apply({ Kind: LayerKind.Linear } layer):
                WriteLinear(layer, node);
                break;
            case ExportOp.Apply({ Kind: LayerKind.LayerNorm } layer):
                WriteLayerNorm(layer, node);
                break;
            case ExportOp.Apply({ Kind: LayerKind.Add } layer):
                WriteSum(layer, node);
                break;
            case ExportOp.Apply(var layer):
                WriteConvolution(layer, node);
                break;
            case ExportOp.ToChannelsLast or ExportOp.ToChannelsFirst:
                floats.Transpose(node, Read(node.Inputs[0], body), Result(node, body));
                break;
            case ExportOp.ConcatChannels:
                builder.Node("Concat", $"{node.Output}/Concat", node.Inputs.Select(name => Read(name, body)), Result(node, body), Int("axis", 1));
                break;
            case ExportOp.DepthToSpace(var block):
                builder.Node("DepthToSpace", $"{node.Output}/DepthToSpace", [Read(node.Inputs[0], body)], Result(node, body), Int("blocksize", block), Text("mode", "CRD"));
                break;
            default:
                PillarNodes.Write(builder, node, name => Read(name, body), () => Result(node, body), opset);
                break;
        }
    }

    private void WriteConvolution(LayerWeights layer, ExportNode node)
    {
        var ranges = Ranges(layer);
        List<string> inputs =
        [
            ranges?.Input is { } input ? Quantize(node.Inputs[0], input, body) : Read(node.Inputs[0], body),
            Weight(layer, ranges?.Weight, body),
        ];
        AddBias(inputs, layer, body);
        Activated(layer, node, body, layer.Name, layer.Kind == LayerKind.ConvTranspose2d ? "ConvTranspose" : "Conv", inputs, ConvolutionAttributes.Of(layer));
    }

    /// <summary>MatMul on the transposed weight, then Add: the form that every runtime takes for [P, M, C] inputs.</summary>
    private void WriteLinear(LayerWeights layer, ExportNode node)
    {
        var ranges = Ranges(layer);
        var type = ranges is null ? body : DataType.Float;
        string[] inputs =
        [
            ranges?.Input is { } input ? Quantize(ScaleChannels(node.Inputs[0], input, type), input, type) : Read(node.Inputs[0], type),
            Weight(layer.WithScaledColumns(ranges?.Input?.ChannelScale).Transposed(), ranges?.Weight?.Transposed(), type),
        ];
        if (layer.Bias is null)
        {
            Activated(layer, node, type, layer.Name, "MatMul", inputs, []);
            return;
        }

        var product = builder.Node("MatMul", layer.Name, inputs, $"{layer.Name}/matmul_out");
        List<string> sum = [product];
        AddBias(sum, layer, type);
        Activated(layer, node, type, $"{layer.Name}/Add", "Add", sum, []);
    }

    private void WriteLayerNorm(LayerWeights layer, ExportNode node)
    {
        // Refuses a table that would quantize it.
        _ = Ranges(layer);
        var type = opset >= FloatNodes.LayerNormOpset ? body : DataType.Float;
        List<string> constants = [Weight(layer, null, type)];
        AddBias(constants, layer, type);
        floats.LayerNorm(layer, Read(node.Inputs[0], type), constants[0], constants.ElementAtOrDefault(1), Result(node, type));
    }

    /// <summary>One scale for every quantized operand; which those are was decided with the graph.</summary>
    private void WriteSum(LayerWeights layer, ExportNode node)
    {
        var input = Ranges(layer)?.Input;
        string Operand(int index) =>
            input is not null && layer.QuantizedOperands.Contains(index) ? Quantize(node.Inputs[index], input, body) : Read(node.Inputs[index], body);
        var sum = Operand(0);
        for (var index = 1; index < node.Inputs.Length; index++)
        {
            var last = index == node.Inputs.Length - 1;
            sum = builder.Node("Add", last ? layer.Name : $"{layer.Name}/Add_{index}", [sum, Operand(index)], last ? Result(node, body) : $"{layer.Name}/Add_{index}_out");
        }
    }

    private void Activated(LayerWeights layer, ExportNode node, DataType type, string name, string opType, IEnumerable<string> inputs, AttributeProto[] attributes)
    {
        if (layer.Activation == Activation.None)
        {
            builder.Node(opType, name, inputs, Result(node, type), attributes);
            return;
        }

        var before = builder.Node(opType, name, inputs, $"{layer.Name}/linear_out", attributes);
        floats.Activation(layer, before, Result(node, type), type);
    }

    private LayerQuantization? Ranges(LayerWeights layer) => table is null ? null : LayerRanges.Of(table, layer);

    private string Weight(LayerWeights layer, WeightQuantization? quantization, DataType type)
    {
        var name = $"{layer.Name}.weight";
        if (quantization is null)
        {
            return builder.Constant(Numbers(name, layer.WeightShape.AsSpan(), layer.Weight, type, layer));
        }

        var prefix = $"{layer.Name}._weight_quantizer";
        var levels = WeightLevels.Quantize(layer.Weight, layer.WeightShape, quantization);
        var (scale, zero) = ScaleAndZero(prefix, quantization.Scale, quantization.Axis, type);
        AttributeProto[] axis = quantization.Axis is { } along ? [Int("axis", along)] : [];
        if (options.PrequantizedWeights)
        {
            var constant = builder.Constant(OnnxTensor.Int8(name, layer.WeightShape.AsSpan(), levels));
            return builder.Node("DequantizeLinear", $"{prefix}/DequantizeLinear", [constant, scale, zero], $"{prefix}/dequantized", axis);
        }

        // An FP16 weight could round to another level than the simulated FP32 weight: write the level's own value.
        var values = type == DataType.Float16 ? WeightLevels.Dequantize(levels, layer.WeightShape, quantization) : layer.Weight;
        var floats = builder.Constant(Numbers(name, layer.WeightShape.AsSpan(), values, type, layer));
        var q = builder.Node("QuantizeLinear", $"{prefix}/QuantizeLinear", [floats, scale, zero], $"{prefix}/quantized", axis);
        return builder.Node("DequantizeLinear", $"{prefix}/DequantizeLinear", [q, scale, zero], $"{prefix}/dequantized", axis);
    }

    /// <summary>One Mul by 1/scale before the Q where the layer's columns hold the scale; the name of the value to quantize.</summary>
    private string ScaleChannels(string value, InputQuantization input, DataType type)
    {
        if (input.ChannelScale is not { } scales)
        {
            return value;
        }

        float[] values = [.. scales.Select(scale => 1f / scale)];
        if (options.ScaledInput && value == graph.Input && graph.Nodes.Sum(node => node.Inputs.Count(name => name == value)) == 1)
        {
            inputFactors = values;
            return value;
        }

        var factors = builder.Constant(OnnxTensor.Float($"{input.Quantizer}.channel_factor", [scales.Count], values));
        var scaled = $"{input.Quantizer}/scaled";
        tensors[(scaled, type)] = builder.Node("Mul", $"{input.Quantizer}/Mul", [Read(value, type), factors], scaled);
        return scaled;
    }

    private string Quantize(string value, InputQuantization input, DataType type)
    {
        var source = Read(value, type);
        if (quantized.TryGetValue((source, input.Quantizer), out var ready))
        {
            return ready;
        }

        var prefix = builder.FreeNodeName(input.Quantizer, "/QuantizeLinear");
        var (scale, zero) = ScaleAndZero(prefix, [input.Scale], null, type);
        var q = builder.Node("QuantizeLinear", $"{prefix}/QuantizeLinear", [source, scale, zero], $"{prefix}/quantized");
        var dq = builder.Node("DequantizeLinear", $"{prefix}/DequantizeLinear", [q, scale, zero], $"{prefix}/dequantized");
        return quantized[(source, input.Quantizer)] = dq;
    }

    private (string Scale, string Zero) ScaleAndZero(string prefix, IReadOnlyList<float> scales, int? axis, DataType type)
    {
        long[] dims = axis is null ? [] : [scales.Count];
        return (
            builder.Constant(Numbers($"{prefix}.scale", dims, [.. scales], type, null)),
            builder.Constant(OnnxTensor.Int8($"{prefix}.zero_point", dims, new sbyte[scales.Count])));
    }

    private void AddBias(List<string> inputs, LayerWeights layer, DataType type)
    {
        if (layer.Bias is { } bias)
        {
            inputs.Add(builder.Constant(Numbers($"{layer.Name}.bias", [bias.Length], bias, type, layer)));
        }
    }

    private static TensorProto Numbers(string name, ReadOnlySpan<long> dims, float[] values, DataType type, LayerWeights? layer)
    {
        if (type == DataType.Float)
        {
            return OnnxTensor.Float(name, dims, values);
        }

        var halves = Array.ConvertAll(values, value => (Half)value);
        var overflow = Array.FindIndex(halves, value => !Half.IsFinite(value));
        return overflow < 0 ? OnnxTensor.Half(name, dims, halves) : throw new QuantException(
            DiagnosticCodes.WeightNotFp16,
            FormattableString.Invariant($"{layer?.Name ?? name}: element {overflow} of {name} is {values[overflow]:R}, above FP16's 65504; export this model with body: fp32 or precision fp32"));
    }

    private string Read(string value, DataType type)
    {
        if (tensors.TryGetValue((value, type), out var tensor))
        {
            return tensor;
        }

        var other = type == DataType.Float ? DataType.Float16 : DataType.Float;
        var suffix = type == DataType.Float ? "ToFloat" : "ToHalf";
        var node = value == graph.Input ? contract.InputName : value;
        return tensors[(value, type)] = builder.Node("Cast", $"{node}/{suffix}", [tensors[(value, other)]], TensorName(value, type, $"{node}/{suffix}_out"), Int("to", (long)type));
    }

    private string Result(ExportNode node, DataType type) =>
        tensors[(node.Output, type)] = TensorName(node.Output, type, node.Output);

    private string TensorName(string value, DataType type, string otherwise) =>
        type == DataType.Float && value != graph.Input && outputNames.TryGetValue(value, out var name) ? name : otherwise;
}
