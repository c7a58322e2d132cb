using System.Globalization;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Linting;
using Quant.Core.Export.Onnx;
using Quant.Core.Models;
using Quant.Core.Quantization;
using Testing;
using AttributeType = Quant.Core.Export.Onnx.AttributeProto.Types.AttributeType;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Tests.Export;

/// <summary>
/// The written graphs, node by node: engine profiles, layer reports and sensitive_layers know layers by these names. UPDATE_GOLDEN=1 rewrites the files
/// in Forms.
/// </summary>
public sealed class GraphFormTests
{
    private static readonly ExportGraph Encoder = SampleGraphs.Encoder();
    private static readonly ExportGraph Dense = EveryOperation();

    private static readonly Dictionary<string, Func<ModelProto>> Forms = new(StringComparer.Ordinal)
    {
        ["dense_fp32"] = () => OnnxExporter.Export(Dense, new OnnxExportOptions()).Model,
        ["dense_fp16_opset13"] = () => OnnxExporter.Export(Dense, new OnnxExportOptions { Precision = OnnxPrecision.Fp16, Opset = 13 }).Model,
        ["dense_fp16"] = () => OnnxExporter.Export(Dense, new OnnxExportOptions { Precision = OnnxPrecision.Fp16 }).Model,
        ["dense_int8"] = () => OnnxExporter.Export(Dense, new OnnxExportOptions { Precision = OnnxPrecision.Int8 }, Ranges(Dense)).Model,
        ["dense_int8_fp16"] = () => OnnxExporter.Export(Dense, new OnnxExportOptions { Precision = OnnxPrecision.Int8, Body = OnnxBody.Fp16, PrequantizedWeights = true }, Ranges(Dense)).Model,
        ["dense_cpu"] = () => CpuFormExporter.Export(Dense, Ranges(Dense), new CpuFormOptions { NonNegativeInput = true }),
        ["dense_cpu_float"] = () => CpuFormExporter.Export(Dense, new QuantizerTable([.. Dense.Layers.Select(ReferenceRunner.Kept)]), new CpuFormOptions { NonNegativeInput = false, Opset = 16 }),
        ["encoder_int8"] = () => OnnxExporter.Export(Encoder, new OnnxExportOptions { Precision = OnnxPrecision.Int8, Opset = 18 }, Scaled(Ranges(Encoder))).Model,
        ["encoder_cpu"] = () => CpuFormExporter.Export(Encoder, Scaled(Ranges(Encoder)), new CpuFormOptions { NonNegativeInput = false }),
    };

    public static TheoryData<string> Names => [.. Forms.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Nodes_and_tensors_have_the_names_of_the_layers(string name)
    {
        var model = Forms[name]();
        var profile = name.Contains("_cpu", StringComparison.Ordinal) ? OnnxLintProfile.OnnxRuntimeCpu : OnnxLintProfile.TensorRt;
        Assert.DoesNotContain(OnnxLinter.Check(model, new OnnxLintOptions { Profile = profile }), item => item.Severity == Severity.Error);
        Golden.Match(Path.Combine(Repository.Root, "tests", "Quant.Core.Tests", "Export", "Forms", $"{name}.txt"), Text(model));
    }

    /// <summary>A residual block with both norms, a sum of three, two deconvolutions joined, and one value under two output names.</summary>
    private static ExportGraph EveryOperation()
    {
        var random = new Random(8);
        LayerWeights Norm(string name, bool bias) => new(name, LayerKind.LayerNorm, SampleGraphs.Normal(random, 8, 1), [8], bias ? SampleGraphs.Normal(random, 8, 1) : null, Activation.None) { Epsilon = 1e-6 };
        LayerWeights Layer(string name, LayerKind kind, int inputs, int outputs, int kernel, int stride, int padding, Activation activation) => SampleGraphs.Layer(random, name, kind, inputs, outputs, kernel, stride, padding, activation);
        return new ExportGraph(
            "pts_backbone_neck_head",
            "x",
            [
                SampleGraphs.Apply(Layer("stem", LayerKind.Conv2d, 4, 8, 3, 1, 1, Activation.Relu), "x"),
                new ExportNode(new ExportOp.ToChannelsLast(), ["stem"], "stem.channels_last"),
                SampleGraphs.Apply(Norm("norm1", true), "stem.channels_last"),
                SampleGraphs.Apply(Layer("wide", LayerKind.Linear, 8, 8, 0, 1, 0, Activation.Gelu), "norm1"),
                SampleGraphs.Apply(Layer("narrow", LayerKind.Linear, 8, 8, 0, 1, 0, Activation.None) with { Bias = null }, "wide"),
                SampleGraphs.Apply(Norm("norm2", false), "narrow"),
                new ExportNode(new ExportOp.ToChannelsFirst(), ["norm2"], "norm2.channels_first"),
                SampleGraphs.Apply(Layer("branch", LayerKind.Conv2d, 8, 8, 1, 1, 0, Activation.None) with { Bias = null }, "stem"),
                new ExportNode(new ExportOp.Apply(new LayerWeights("sum", LayerKind.Add, [], [], null, Activation.None) { QuantizedOperands = [0, 2] }), ["stem", "norm2.channels_first", "branch"], "sum"),
                SampleGraphs.Apply(Layer("up1", LayerKind.ConvTranspose2d, 8, 4, 2, 2, 0, Activation.Relu), "sum"),
                SampleGraphs.Apply(Layer("up2", LayerKind.ConvTranspose2d, 8, 4, 2, 2, 0, Activation.Relu), "sum"),
                new ExportNode(new ExportOp.ConcatChannels(), ["up1", "up2"], "joined"),
                SampleGraphs.Apply(Layer("shared", LayerKind.Conv2d, 8, 8, 3, 2, 1, Activation.Relu), "joined"),
                SampleGraphs.Apply(Layer("head", LayerKind.Conv2d, 8, 2, 1, 1, 0, Activation.None), "shared"),
            ],
            [new GraphOutput("head", "heatmap"), new GraphOutput("head", "heatmap_again"), new GraphOutput("shared", "features")]);
    }

    /// <summary>Ranges by hand: the k-th layer's input reaches k + 1; layers that read one tensor share a quantizer.</summary>
    private static QuantizerTable Ranges(ExportGraph graph)
    {
        var quantizers = new Dictionary<string, InputQuantization>();
        return new QuantizerTable([.. graph.Nodes.Where(node => node.Layer is not null).Select((node, index) =>
        {
            var layer = node.Layer!;
            if (layer.Kind == LayerKind.LayerNorm)
            {
                return ReferenceRunner.Kept(layer);
            }

            if (!quantizers.TryGetValue(node.Inputs[0], out var input))
            {
                quantizers[node.Inputs[0]] = input = new InputQuantization($"{layer.Name}._input_quantizer", index + 1, Symmetric.Scale(index + 1), "max");
            }

            return new LayerQuantization(layer.Name, layer.Kind, true, null, input, layer.IsWeighted ? ReferenceRunner.WeightRanges(layer, perChannelDeconv: false) : null);
        })]);
    }

    private static QuantizerTable Scaled(QuantizerTable table) =>
        table with { Layers = [table.Layers[0] with { Input = table.Layers[0].Input! with { ChannelScale = [.. Enumerable.Range(1, 9).Select(channel => (float)channel)] } }, .. table.Layers.Skip(1)] };

    private static string Text(ModelProto model)
    {
        List<string> lines = [$"{model.Graph.Name}: opset {model.OpsetImport.Single().Version}, IR {model.IrVersion}", "", .. model.Graph.Input.Select(value => $"input {Value(value)}")];
        lines.AddRange(model.Graph.Node.Select(node => $"{node.OpType} {node.Name}({string.Join(", ", node.Input)}) -> {string.Join(", ", node.Output)}{string.Concat(node.Attribute.Select(Attribute))}"));
        lines.AddRange(model.Graph.Output.Select(value => $"output {Value(value)}"));
        lines.Add("");
        lines.AddRange(model.Graph.Initializer.Select(tensor => $"{tensor.Name}: {(DataType)tensor.DataType}[{string.Join(", ", tensor.Dims)}]"));
        return string.Join("\n", lines) + "\n";
    }

    private static string Value(ValueInfoProto value) =>
        $"{value.Name}: {(DataType)value.Type.TensorType.ElemType}[{string.Join(", ", value.Type.TensorType.Shape.Dim.Select(dim => dim.HasDimValue ? dim.DimValue.ToString(CultureInfo.InvariantCulture) : dim.HasDimParam ? dim.DimParam : "?"))}]";

    private static string Attribute(AttributeProto attribute) => $" {attribute.Name}=" + attribute.Type switch
    {
        AttributeType.Int => attribute.I.ToString(CultureInfo.InvariantCulture),
        AttributeType.Float => attribute.F.ToString(CultureInfo.InvariantCulture),
        AttributeType.String => attribute.S.ToStringUtf8(),
        _ => $"[{string.Join(",", attribute.Ints)}]",
    };
}
