using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Linting;
using Quant.Core.Export.Onnx;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Tests.Export.Linting;

/// <summary>A small graph, written node by node, and what the linter says of it.</summary>
internal sealed class LintGraph
{
    private readonly GraphProto graph = new() { Name = "small" };

    public LintGraph(int opset = 17)
    {
        Model = new ModelProto { IrVersion = 8, Graph = graph };
        Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
    }

    public ModelProto Model { get; }

    /// <summary>Adds a graph input; a dimension of −1 is unknown, null leaves the whole shape out.</summary>
    public LintGraph Input(string name, long[]? shape, DataType type = DataType.Float)
    {
        graph.Input.Add(Value(name, shape, type));
        return this;
    }

    /// <summary>Adds a graph output, of unknown type and shape unless they are given.</summary>
    public LintGraph Output(string name, long[]? shape = null, DataType type = DataType.Undefined)
    {
        graph.Output.Add(Value(name, shape, type));
        return this;
    }

    /// <summary>Declares a tensor inside the graph.</summary>
    public LintGraph Declare(string name, long[]? shape, DataType type = DataType.Undefined)
    {
        graph.ValueInfo.Add(Value(name, shape, type));
        return this;
    }

    public LintGraph Constant(TensorProto tensor)
    {
        graph.Initializer.Add(tensor);
        return this;
    }

    /// <summary>An FP32 constant of zeros.</summary>
    public LintGraph Zeros(string name, params long[] shape) => Constant(ZeroTensor(name, shape));

    public static TensorProto ZeroTensor(string name, params long[] shape) => OnnxTensor.Float(name, shape, new float[shape.Aggregate(1L, (a, b) => a * b)]);

    /// <summary>A node whose one output is called as it is.</summary>
    public LintGraph Node(string opType, string name, string[] inputs, params (string Name, object Value)[] attributes)
    {
        graph.Node.Add(OnnxNode.Node(opType, name, inputs, name, attributes));
        return this;
    }

    public NodeProto this[string node] => graph.Node.Single(item => item.Name == node);

    public IReadOnlyList<Diagnostic> Check(OnnxLintOptions? options = null) => OnnxLinter.Check(Model, options);

    /// <summary>Messages of the findings with a code, without the name of the node.</summary>
    public IEnumerable<string> Messages(string code, OnnxLintOptions? options = null) =>
        Check(options).Where(item => item.Code == code).Select(item => item.Message[(item.Message.IndexOf(") ", StringComparison.Ordinal) + 2)..]);

    private static ValueInfoProto Value(string name, long[]? shape, DataType type)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type };
        if (shape is not null)
        {
            tensor.Shape = new TensorShapeProto();
            tensor.Shape.Dim.AddRange(shape.Select(size => size < 0 ? new TensorShapeProto.Types.Dimension() : new TensorShapeProto.Types.Dimension { DimValue = size }));
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }
}
