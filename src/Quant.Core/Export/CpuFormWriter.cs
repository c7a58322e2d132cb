using Quant.Core.Export.Onnx;
using Quant.Core.Models;
using Quant.Core.Quantization;
using static Quant.Core.Export.OnnxGraphBuilder;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Export;

/// <summary>One walk over a graph (without kernel = stride deconvolutions) that writes its CPU form.</summary>
internal sealed class CpuFormWriter
{
    private readonly ExportGraph graph;
    private readonly QuantizerTable table;
    private readonly CpuFormOptions options;
    private readonly OnnxInterface contract;
    private readonly CpuDemands demands;
    private readonly OnnxGraphBuilder builder;
    private readonly FloatNodes floatNodes;
    private readonly Dictionary<string, string> outputNames;
    private readonly Dictionary<string, string> floats = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Value, CpuEncoding Encoding), string> levels = [];
    private readonly Dictionary<(string Value, CpuEncoding Encoding), string> dequantized = [];

    public CpuFormWriter(ExportGraph graph, QuantizerTable table, CpuFormOptions options, OnnxInterface contract)
    {
        (this.graph, this.table, this.options, this.contract) = (graph, table, options, contract);
        demands = new CpuDemands(graph, table, options.NonNegativeInput);
        builder = new OnnxGraphBuilder(graph.Name);
        floatNodes = new FloatNodes(builder, options.Opset);
        outputNames = graph.Outputs.DistinctBy(output => output.Value).ToDictionary(output => output.Value, output => output.Name, StringComparer.Ordinal);
    }

    private int MaxLevel => options.ReduceRange ? 63 : 127;

    public ModelProto Write()
    {
        var shapes = GraphShapes.Infer(graph, contract.InputShape);
        floats[graph.Input] = builder.Input(contract.InputName, DataType.Float, contract.InputShape);
        foreach (var node in graph.Nodes)
        {
            Write(node);
        }

        foreach (var output in graph.Outputs)
        {
            if (floats[output.Value] != output.Name)
            {
                builder.Node("Identity", $"{output.Name}/Identity", [floats[output.Value]], output.Name);
            }

            builder.Output(output.Name, DataType.Float, [.. shapes[output.Value].Select((size, axis) =>
                size.Size is null && contract.OutputAxes.TryGetValue(axis, out var name) ? OnnxDimension.Dynamic(name) : size)]);
        }

        return builder.Build(new OnnxExportOptions { DocString = options.DocString }, options.Opset);
    }

    private void Write(ExportNode node)
    {
        switch (node.Op)
        {
            case ExportOp.Apply({ Kind: LayerKind.Linear } layer):
                WriteLinear(layer, node);
                break;
            case ExportOp.Apply({ Kind: LayerKind.LayerNorm } layer):
                List<string> constants = [];
                AddFloatWeights(constants, layer, layer.Weight);
                floatNodes.LayerNorm(layer, floats[node.Inputs[0]], constants[0], constants.ElementAtOrDefault(1), Result(node));
                break;
            case ExportOp.Apply({ Kind: LayerKind.Add } layer):
                WriteSum(layer, node);
                break;
            case ExportOp.Apply(var layer):
                WriteConvolution(layer, node);
                break;
            case ExportOp.ToChannelsLast or ExportOp.ToChannelsFirst:
                floatNodes.Transpose(node, floats[node.Inputs[0]], Result(node));
                break;
            case ExportOp.ConcatChannels:
                var joined = demands.Only(node.Output) is { } form
                    ? node.Inputs.Select(name => Dequantized(name, form))
                    : node.Inputs.Select(name => floats[name]);
                builder.Node("Concat", $"{node.Output}/Concat", [.. joined], Result(node), Int("axis", 1));
                break;
            case ExportOp.DepthToSpace(var block):
                AttributeProto[] attributes = [Int("blocksize", block), Text("mode", "CRD")];
                if (demands.Only(node.Output) is { } encoding)
                {
                    levels[(node.Output, encoding)] = builder.Node("DepthToSpace", $"{node.Output}/DepthToSpace", [Levels(node.Inputs[0], encoding)], $"{node.Output}/levels", attributes);
                }
                else
                {
                    builder.Node("DepthToSpace", $"{node.Output}/DepthToSpace", [floats[node.Inputs[0]]], Result(node), attributes);
                }

                break;
            default:
                PillarNodes.Write(builder, node, name => floats[name], () => Result(node), options.Opset);
                break;
        }
    }

    private void WriteConvolution(LayerWeights layer, ExportNode node)
    {
        List<string> inputs = [];
        var opType = layer.Kind == LayerKind.ConvTranspose2d ? "ConvTranspose" : "Conv";
        if (demands.Input(layer) is not { } encoding)
        {
            inputs.Add(floats[node.Inputs[0]]);
            AddFloatWeights(inputs, layer, layer.Weight);
        }
        else if (layer.Kind == LayerKind.ConvTranspose2d || demands.Only(node.Output) is null)
        {
            var weight = LayerRanges.Of(table, layer)!.Weight!;
            inputs.Add(Dequantized(node.Inputs[0], encoding));
            AddFloatWeights(inputs, layer, WeightLevels.Dequantize(WeightLevels.Quantize(layer.Weight, layer.WeightShape, weight), layer.WeightShape, weight));
        }
        else
        {
            inputs.Add(Dequantized(node.Inputs[0], encoding));
            AddIntegerWeights(inputs, layer, CpuWeight.Of(layer, LayerRanges.Of(table, layer)!.Weight!, encoding.Scale, MaxLevel));
        }

        Activated(layer, node, layer.Name, opType, inputs, ConvolutionAttributes.Of(layer));
    }

    /// <summary>DQ, DQ → MatMul without a Q becomes MatMulIntegerToFloat; bias and ReLU stay float.</summary>
    private void WriteLinear(LayerWeights layer, ExportNode node)
    {
        string[] inputs;
        var transposed = layer.Transposed();
        if (demands.Input(layer) is { } encoding)
        {
            var ranges = LayerRanges.Of(table, layer)!;
            var source = node.Inputs[0];
            if (ranges.Input!.ChannelScale is { } channels)
            {
                transposed = layer.WithScaledColumns(channels).Transposed();
                var factors = builder.Constant(OnnxTensor.Float($"{ranges.Input.Quantizer}.channel_factor", [channels.Count], [.. channels.Select(scale => 1f / scale)]));
                source = $"{ranges.Input.Quantizer}/scaled";
                floats[source] = builder.Node("Mul", $"{ranges.Input.Quantizer}/Mul", [floats[node.Inputs[0]], factors], source);
            }

            var weight = ranges.Weight!.Transposed();
            float[] scales = [.. weight.Amax.Zip(weight.Scale, (amax, scale) => amax <= Symmetric.ZeroAmax ? scale : amax / MaxLevel)];
            inputs =
            [
                Dequantized(source, encoding),
                Constant8($"{layer.Name}.weight", transposed.WeightShape.AsSpan(), WeightLevels.Quantize(transposed.Weight, transposed.WeightShape, weight, MaxLevel), scales, weight.Axis),
            ];
        }
        else
        {
            inputs = [floats[node.Inputs[0]], builder.Constant(OnnxTensor.Float($"{layer.Name}.weight", transposed.WeightShape.AsSpan(), transposed.Weight))];
        }

        if (layer.Bias is not { } bias)
        {
            Activated(layer, node, layer.Name, "MatMul", inputs, []);
            return;
        }

        var product = builder.Node("MatMul", layer.Name, inputs, $"{layer.Name}/matmul_out");
        Activated(layer, node, $"{layer.Name}/Add", "Add", [product, builder.Constant(OnnxTensor.Float($"{layer.Name}.bias", [bias.Length], bias))], []);
    }

    private void WriteSum(LayerWeights layer, ExportNode node)
    {
        string Operand(int index) => demands.Input(layer, index) is { } encoding ? Dequantized(node.Inputs[index], encoding) : floats[node.Inputs[index]];
        var sum = Operand(0);
        for (var index = 1; index < node.Inputs.Length; index++)
        {
            var last = index == node.Inputs.Length - 1;
            sum = builder.Node("Add", last ? layer.Name : $"{layer.Name}/Add_{index}", [sum, Operand(index)], last ? Result(node) : $"{layer.Name}/Add_{index}_out");
        }
    }

    private void AddFloatWeights(List<string> inputs, LayerWeights layer, float[] weight)
    {
        inputs.Add(builder.Constant(OnnxTensor.Float($"{layer.Name}.weight", layer.WeightShape.AsSpan(), weight)));
        if (layer.Bias is { } bias)
        {
            inputs.Add(builder.Constant(OnnxTensor.Float($"{layer.Name}.bias", [bias.Length], bias)));
        }
    }

    private void AddIntegerWeights(List<string> inputs, LayerWeights layer, CpuWeight weight)
    {
        inputs.Add(Constant8($"{layer.Name}.weight", layer.WeightShape.AsSpan(), weight.Levels, weight.Scales, 0));
        if (layer.Bias is null)
        {
            return;
        }

        long[] dims = [weight.BiasLevels.Length];
        var name = $"{layer.Name}.bias";
        inputs.Add(builder.Node(
            "DequantizeLinear",
            $"{name}/DequantizeLinear",
            [
                builder.Constant(OnnxTensor.Int32(name, dims, weight.BiasLevels)),
                builder.Constant(OnnxTensor.Float($"{name}.scale", dims, weight.BiasScales)),
                builder.Constant(OnnxTensor.Int32($"{name}.zero_point", dims, new int[weight.BiasLevels.Length])),
            ],
            $"{name}/dequantized",
            Int("axis", 0)));
    }

    private string Constant8(string name, ReadOnlySpan<long> shape, sbyte[] values, float[] scales, int? axis)
    {
        long[] dims = axis is null ? [] : [scales.Length];
        return builder.Node(
            "DequantizeLinear",
            $"{name}/DequantizeLinear",
            [
                builder.Constant(OnnxTensor.Int8(name, shape, values)),
                builder.Constant(OnnxTensor.Float($"{name}.scale", dims, scales)),
                builder.Constant(OnnxTensor.Int8($"{name}.zero_point", dims, new sbyte[scales.Length])),
            ],
            $"{name}/dequantized",
            axis is { } along ? [Int("axis", along)] : []);
    }

    private void Activated(LayerWeights layer, ExportNode node, string name, string opType, IEnumerable<string> inputs, AttributeProto[] attributes)
    {
        if (layer.Activation == Activation.None)
        {
            builder.Node(opType, name, inputs, Result(node), attributes);
            return;
        }

        var before = builder.Node(opType, name, inputs, $"{layer.Name}/linear_out", attributes);
        floatNodes.Activation(layer, before, Result(node), DataType.Float);
    }

    private string Levels(string value, CpuEncoding encoding)
    {
        if (levels.TryGetValue((value, encoding), out var ready))
        {
            return ready;
        }

        var prefix = builder.FreeNodeName(NodePrefix(value), "/QuantizeLinear");
        return levels[(value, encoding)] = builder.Node("QuantizeLinear", $"{prefix}/QuantizeLinear", [floats[value], .. Parameters(encoding)], $"{prefix}/levels");
    }

    private string Dequantized(string value, CpuEncoding encoding)
    {
        if (dequantized.TryGetValue((value, encoding), out var ready))
        {
            return ready;
        }

        var source = Levels(value, encoding);
        var prefix = builder.FreeNodeName(NodePrefix(value), "/DequantizeLinear");
        return dequantized[(value, encoding)] = builder.Node("DequantizeLinear", $"{prefix}/DequantizeLinear", [source, .. Parameters(encoding)], $"{prefix}/dequantized");
    }

    private string[] Parameters(CpuEncoding encoding) =>
    [
        builder.Constant(OnnxTensor.Float(FormattableString.Invariant($"scale_{BitConverter.SingleToUInt32Bits(encoding.Scale):x8}"), [], [encoding.Scale])),
        builder.Constant(OnnxTensor.UInt8(FormattableString.Invariant($"zero_point_{encoding.ZeroPoint}"), [], [encoding.ZeroPoint])),
    ];

    private string NodePrefix(string value) => value == graph.Input ? contract.InputName : value;

    private string Result(ExportNode node) =>
        floats[node.Output] = outputNames.TryGetValue(node.Output, out var name) ? name : node.Output;
}
