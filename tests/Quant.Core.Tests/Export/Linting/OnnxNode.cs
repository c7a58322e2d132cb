using Quant.Core.Export.Onnx;
using AttributeType = Quant.Core.Export.Onnx.AttributeProto.Types.AttributeType;

namespace Quant.Core.Tests.Export.Linting;

/// <summary>Nodes and their attributes.</summary>
internal static class OnnxNode
{
    public static NodeProto Node(string opType, string name, IEnumerable<string> inputs, string output, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = opType, Name = name };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes.Select(item => Attribute(item.Name, item.Value)));
        return node;
    }

    public static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case int number:
                (attribute.Type, attribute.I) = (AttributeType.Int, number);
                break;
            case long number:
                (attribute.Type, attribute.I) = (AttributeType.Int, number);
                break;
            case float number:
                (attribute.Type, attribute.F) = (AttributeType.Float, number);
                break;
            case string text:
                (attribute.Type, attribute.S) = (AttributeType.String, Google.Protobuf.ByteString.CopyFromUtf8(text));
                break;
            case TensorProto tensor:
                (attribute.Type, attribute.T) = (AttributeType.Tensor, tensor);
                break;
            default:
                attribute.Type = AttributeType.Ints;
                attribute.Ints.AddRange(((int[])value).Select(item => (long)item));
                break;
        }

        return attribute;
    }
}
