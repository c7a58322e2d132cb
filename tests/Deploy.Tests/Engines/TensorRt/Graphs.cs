using Deploy.Engines.TensorRt;
using Google.Protobuf;
using Quant.Core.Export;
using Quant.Core.Export.Onnx;

namespace Deploy.Tests.Engines.TensorRt;

/// <summary>Small ONNX files with the properties that the choice of flags looks at.</summary>
internal static class Graphs
{
    /// <summary>Facts of an FP32 graph with one fixed input.</summary>
    public static OnnxFacts Facts(bool quantized = false, bool half = false, params OnnxInput[] inputs) =>
        new(quantized, half, false, null, 17, 8, inputs.Length > 0 ? inputs : [new OnnxInput("x", [1, 2])]);

    /// <summary>Writes a graph y = x (through Q and DQ, or a Cast to FP16) and gives its path.</summary>
    public static string Write(string path, bool quantized = false, bool half = false, string input = "x", params long[] shape)
    {
        var model = new ModelProto { IrVersion = 8, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } }, Graph = new GraphProto { Name = "g" } };
        var graph = model.Graph;
        graph.Input.Add(Value(input, shape));
        graph.Output.Add(Value("y", shape));
        graph.Initializer.Add(new TensorProto { Name = "scale", DataType = (int)TensorProto.Types.DataType.Float, RawData = ByteString.CopyFrom(BitConverter.GetBytes(0.5f)) });
        graph.Initializer.Add(new TensorProto { Name = "zero", DataType = (int)TensorProto.Types.DataType.Int8, RawData = ByteString.CopyFrom([0]) });
        if (quantized)
        {
            graph.Node.Add(new NodeProto { OpType = "QuantizeLinear", Input = { input, "scale", "zero" }, Output = { "q" } });
            graph.Node.Add(new NodeProto { OpType = "DequantizeLinear", Input = { "q", "scale", "zero" }, Output = { "d" } });
        }

        if (half)
        {
            graph.Node.Add(new NodeProto { OpType = "Cast", Input = { quantized ? "d" : input }, Output = { "h" }, Attribute = { new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (long)TensorProto.Types.DataType.Float16 } } });
        }

        graph.Node.Add(new NodeProto { OpType = "Identity", Input = { half ? "h" : quantized ? "d" : input }, Output = { "y" } });
        OnnxFile.Write(model, path);
        return path;
    }

    private static ValueInfoProto Value(string name, long[] shape)
    {
        var sizes = new TensorShapeProto();
        sizes.Dim.AddRange(shape.Select(size => size > 0 ? new TensorShapeProto.Types.Dimension { DimValue = size } : new TensorShapeProto.Types.Dimension { DimParam = "n" }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = sizes } } };
    }
}
