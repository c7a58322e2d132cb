using Quant.Core.Export;
using Quant.Core.Export.Onnx;
using Quant.Core.Models;
using Quant.Core.Quantization;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Tests.Export.Linting;

/// <summary>An exported INT8 network without findings, and edits that give it some.</summary>
internal static class CleanGraph
{
    public const string First = "pts_backbone.blocks.0.0";
    public const string Second = "pts_backbone.blocks.0.3";
    public const string Deconv = "pts_neck.deblocks.2.0";

    public static readonly ExportGraph Dense = SampleGraphs.Dense(16);
    public static readonly ExportGraph Encoder = SampleGraphs.Encoder();
    public static readonly QuantizerTable Ranges = ReferenceRunner.Ranges(Dense, SampleGraphs.Canvas(16, 16));
    public static readonly OnnxExportOptions Int8 = new() { Precision = OnnxPrecision.Int8 };

    /// <summary>A model with no finding at all: the narrow last convolutions are float.</summary>
    public static readonly ModelProto Clean = OnnxExporter.Export(
        Dense,
        Int8,
        Ranges with { Layers = [.. Ranges.Layers.Select(layer => layer.Name.EndsWith(".1", StringComparison.Ordinal) ? layer with { Quantized = false, Input = null, Weight = null } : layer)] }).Model;

    public static NodeProto Find(ModelProto model, string name) => model.Graph.Node.Single(node => node.Name == name);

    public static AttributeProto Attribute(ModelProto model, string node, string name) => Find(model, node).Attribute.Single(item => item.Name == name);

    public static void Move(ModelProto model, string name)
    {
        var node = Find(model, name);
        model.Graph.Node.Remove(node);
        model.Graph.Node.Add(node);
    }

    public static void Insert(ModelProto model, string before, int input, string opType, string name, params string[] more)
    {
        var reader = Find(model, before);
        var node = OnnxNode.Node(opType, name, [reader.Input[input], .. more], $"{name}_out", opType == "Cast" ? [("to", (int)DataType.Float)] : []);

        model.Graph.Node.Insert(model.Graph.Node.IndexOf(reader), node);
        reader.Input[input] = $"{name}_out";
    }

    public static void Replace(ModelProto model, string name, TensorProto tensor)
    {
        tensor.Name = name;
        var index = model.Graph.Initializer.ToList().FindIndex(item => item.Name == name);
        model.Graph.Initializer[index] = tensor;
    }
}
