using Google.Protobuf;
using Quant.Core.Diagnostics;
using Quant.Core.Export.Onnx;
using AttributeType = Quant.Core.Export.Onnx.AttributeProto.Types.AttributeType;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Export;

/// <summary>Collects nodes and constants of one graph; node and tensor names are unique.</summary>
internal sealed class OnnxGraphBuilder
{
    private readonly GraphProto graph = new();
    private readonly HashSet<string> tensors = new(StringComparer.Ordinal);
    private readonly HashSet<string> nodes = new(StringComparer.Ordinal);

    public OnnxGraphBuilder(string name) => graph.Name = name;

    /// <summary>Adds a graph input.</summary>
    public string Input(string name, DataType type, IReadOnlyList<OnnxDimension> shape)
    {
        Claim(name);
        graph.Input.Add(ValueInfo(name, type, shape));
        return name;
    }

    /// <summary>Declares a tensor that a node writes as a graph output.</summary>
    public void Output(string name, DataType type, IReadOnlyList<OnnxDimension> shape) => graph.Output.Add(ValueInfo(name, type, shape));

    /// <summary>Adds a constant once; a second call with the same name returns the first.</summary>
    public string Constant(TensorProto tensor)
    {
        if (graph.Initializer.All(item => item.Name != tensor.Name))
        {
            Claim(tensor.Name);
            graph.Initializer.Add(tensor);
        }

        return tensor.Name;
    }

    /// <summary>Adds a node with one output and returns the output's name.</summary>
    public string Node(string opType, string name, IEnumerable<string> inputs, string output, params AttributeProto[] attributes)
    {
        Claim(output);
        if (!nodes.Add(name))
        {
            throw new QuantException(DiagnosticCodes.ExportGraphInvalid, $"two nodes of {graph.Name} would have the name '{name}'");
        }

        var node = new NodeProto { OpType = opType, Name = name };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes.OrderBy(item => item.Name, StringComparer.Ordinal));
        graph.Node.Add(node);
        return output;
    }

    /// <summary>A name that no node has: the wish, or the wish with a number.</summary>
    public string FreeNodeName(string wish, string suffix)
    {
        var name = wish;
        for (var i = 1; nodes.Contains(name + suffix); i++)
        {
            name = $"{wish}_{i}";
        }

        return name;
    }

    /// <summary>The finished model.</summary>
    public ModelProto Build(OnnxExportOptions options, int opset)
    {
        var model = new ModelProto
        {
            IrVersion = IrVersion(opset),
            ProducerName = options.ProducerName,
            ProducerVersion = options.ProducerVersion,
            DocString = options.DocString,
            Graph = graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
        return model;
    }

    public static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeType.Int, I = value };

    public static AttributeProto Float(string name, float value) => new() { Name = name, Type = AttributeType.Float, F = value };

    public static AttributeProto Ints(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    public static AttributeProto Text(string name, string value) =>
        new() { Name = name, Type = AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    /// <summary>The intermediate representation that came with an opset (ONNX, docs/Versioning.md).</summary>
    private static long IrVersion(int opset) => opset switch
    {
        <= 14 => 7,
        <= 18 => 8,
        <= 20 => 9,
        _ => 10,
    };

    private void Claim(string tensor)
    {
        if (!tensors.Add(tensor))
        {
            throw new QuantException(DiagnosticCodes.ExportGraphInvalid, $"two tensors of {graph.Name} would have the name '{tensor}'");
        }
    }

    private static ValueInfoProto ValueInfo(string name, DataType type, IReadOnlyList<OnnxDimension> shape)
    {
        var dims = new TensorShapeProto();
        foreach (var dimension in shape)
        {
            var dim = new TensorShapeProto.Types.Dimension();
            if (dimension.Size is { } size)
            {
                dim.DimValue = size;
            }
            else if (dimension.Symbol is { } symbol)
            {
                dim.DimParam = symbol;
            }

            dims.Dim.Add(dim);
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = dims } } };
    }
}
