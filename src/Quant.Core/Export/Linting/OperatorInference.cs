using Quant.Core.Export.Onnx;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Export.Linting;

/// <summary>Type and shape of the first output of the operators that our graphs and their neighbours use (ONNX operator specification).</summary>
internal static class OperatorInference
{
    /// <summary>Keeps the square of a hostile block size inside 64 bits.</summary>
    public const long MaxBlock = 1 << 15;

    public static TensorFacts Output(LintContext context, NodeProto node, TensorFacts[] inputs)
    {
        TensorFacts At(int index) => index < inputs.Length ? inputs[index] : TensorFacts.Unknown;
        var first = At(0);
        return node.OpType switch
        {
            "Relu" or "Identity" or "Sigmoid" or "Tanh" or "LeakyRelu" or "Clip" or "Dropout" or "BatchNormalization" or "LayerNormalization" or "Erf" or "Sqrt" or "Softmax" => first,
            "Constant" => LintContext.Attribute(node, "value")?.T is { } value ? TensorFacts.Of(value) : TensorFacts.Unknown,
            "Cast" => new TensorFacts((DataType)LintContext.Int(node, "to", 0), first.Shape),
            "QuantizeLinear" => new TensorFacts(At(2).Type ?? (node.Input.Count < 3 ? DataType.Uint8 : null), first.Shape),
            "DequantizeLinear" => new TensorFacts(context.Opset >= 19 ? At(1).Type : DataType.Float, first.Shape),
            "Conv" => new TensorFacts(first.Type, Convolution(node, first.Shape, At(1).Shape, transposed: false)),
            "ConvTranspose" => new TensorFacts(first.Type, Convolution(node, first.Shape, At(1).Shape, transposed: true)),
            "Concat" => new TensorFacts(first.Type, Concat(node, inputs)),
            "Add" or "Sub" or "Mul" or "Div" => new TensorFacts(first.Type ?? At(1).Type, Broadcast(first.Shape, At(1).Shape)),
            "MatMul" => new TensorFacts(first.Type, MatMul(first.Shape, At(1).Shape)),
            "Shape" => new TensorFacts(DataType.Int64, node.Attribute.Count == 0 && first.Shape is { } shape ? [shape.Length] : [null]),
            "ReduceMax" or "ReduceMean" => new TensorFacts(first.Type, Reduce(context, node, first.Shape)),
            "DepthToSpace" => new TensorFacts(first.Type, DepthToSpace(node, first.Shape)),
            "Transpose" => new TensorFacts(first.Type, Transpose(node, first.Shape)),
            "Gemm" or "Expand" or "Reshape" or "MaxPool" or "Slice" or "Squeeze" or "Unsqueeze" or "Flatten" or "Split" or "Resize" or "Tile" => new TensorFacts(first.Type, null),
            _ => TensorFacts.Unknown,
        };
    }

    private static long?[]? Convolution(NodeProto node, long?[]? input, long?[]? weight, bool transposed)
    {
        if (input is null || weight is null || input.Length < 3 || weight.Length != input.Length)
        {
            return null;
        }

        var spatial = input.Length - 2;
        var group = LintContext.Int(node, "group", 1);
        var result = new long?[input.Length];
        result[0] = input[0];
        result[1] = transposed ? weight[1] * group : weight[0];
        var implicitPads = LintContext.Attribute(node, "auto_pad") is { } auto && auto.S.ToStringUtf8() is not ("" or "NOTSET");
        if (implicitPads || LintContext.Attribute(node, "output_shape") is not null)
        {
            return result;
        }

        var pads = Ints(node, "pads", 0, spatial * 2);
        var strides = Ints(node, "strides", 1, spatial);
        var dilations = Ints(node, "dilations", 1, spatial);
        var extra = Ints(node, "output_padding", 0, spatial);
        for (var axis = 0; axis < spatial; axis++)
        {
            if (input[axis + 2] is not { } size || weight[axis + 2] is not { } kernel || pads is null || strides is null || dilations is null || extra is null || strides[axis] < 1)
            {
                continue;
            }

            var reach = ((kernel - 1) * dilations[axis]) + 1;
            var padding = pads[axis] + pads[axis + spatial];
            result[axis + 2] = transposed ? ((size - 1) * strides[axis]) + extra[axis] + reach - padding : ((size + padding - reach) / strides[axis]) + 1;
        }

        return result;
    }

    private static long[]? Ints(NodeProto node, string name, long otherwise, int count)
    {
        var attribute = LintContext.Attribute(node, name);
        return attribute is null ? [.. Enumerable.Repeat(otherwise, count)] : attribute.Ints.Count == count ? [.. attribute.Ints] : null;
    }

    private static long?[]? Concat(NodeProto node, TensorFacts[] inputs)
    {
        if (inputs.Length == 0 || inputs.Any(input => input.Shape is null) || inputs.Any(input => input.Shape!.Length != inputs[0].Shape!.Length))
        {
            return null;
        }

        var result = (long?[])inputs[0].Shape!.Clone();
        var axis = LintContext.Int(node, "axis", 0);
        axis += axis < 0 ? result.Length : 0;
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = i == axis
                ? inputs.Any(input => input.Shape![i] is null) ? null : inputs.Aggregate(0L, (sum, input) => unchecked(sum + input.Shape![i]!.Value))
                : inputs.Select(input => input.Shape![i]).FirstOrDefault(dim => dim is not null);
        }

        return result;
    }

    private static long?[]? Broadcast(long?[]? left, long?[]? right)
    {
        if (left is null || right is null)
        {
            return null;
        }

        var result = new long?[Math.Max(left.Length, right.Length)];
        for (var i = 1; i <= result.Length; i++)
        {
            var a = i <= left.Length ? left[^i] : 1;
            var b = i <= right.Length ? right[^i] : 1;
            result[^i] = a == 1 ? b : b == 1 ? a : a ?? b;
        }

        return result;
    }

    private static long?[]? MatMul(long?[]? left, long?[]? right)
    {
        if (left is null || right is null || left.Length < 2 || right.Length < 2)
        {
            return null;
        }

        var batch = Broadcast(left[..^2], right[..^2])!;
        return [.. batch, left[^2], right[^1]];
    }

    private static long?[]? Reduce(LintContext context, NodeProto node, long?[]? input)
    {
        var axes = LintContext.Attribute(node, "axes")?.Ints.Select(axis => (double)axis).ToArray()
            ?? (node.Input.Count > 1 && context.Constant(node, 1) is { } constant ? OnnxTensor.Values(constant) : null);
        if (input is null || axes is null || LintContext.Int(node, "keepdims", 1) == 0)
        {
            return null;
        }

        var result = (long?[])input.Clone();
        foreach (var axis in axes.Select(axis => (int)(axis < 0 ? axis + input.Length : axis)).Where(axis => axis >= 0 && axis < result.Length))
        {
            result[axis] = 1;
        }

        return result;
    }

    private static long?[]? DepthToSpace(NodeProto node, long?[]? input)
    {
        var block = LintContext.Int(node, "blocksize", 0);
        return input is not { Length: 4 } || block is < 1 or > MaxBlock
            ? null
            : [input[0], input[1] / (block * block), input[2] * block, input[3] * block];
    }

    private static long?[]? Transpose(NodeProto node, long?[]? input)
    {
        if (input is null)
        {
            return null;
        }

        var order = LintContext.Attribute(node, "perm")?.Ints.ToArray() ?? [.. Enumerable.Range(0, input.Length).Reverse().Select(axis => (long)axis)];
        return order.Length == input.Length && order.All(axis => axis >= 0 && axis < input.Length) ? [.. order.Select(axis => input[axis])] : null;
    }
}
