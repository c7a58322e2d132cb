using Quant.Core.Diagnostics;
using Quant.Core.Export.Onnx;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Export.Linting;

/// <summary>Element types and shapes agree, which a strongly typed network demands and a parser reports late.</summary>
internal static class TypeRules
{
    public static void Check(LintContext context)
    {
        foreach (var node in context.Nodes("Conv", "ConvTranspose"))
        {
            SameTypes(context, node, [0, 1, 2]);
            CheckConvolution(context, node);
        }

        foreach (var node in context.Nodes("MatMul", "Add", "Sub", "Mul", "Div"))
        {
            SameTypes(context, node, [0, 1]);
            CheckBinary(context, node);
        }

        foreach (var node in context.Nodes("Gemm", "LayerNormalization"))
        {
            SameTypes(context, node, [0, 1, 2]);
        }

        foreach (var node in context.Nodes("Concat"))
        {
            SameTypes(context, node, Enumerable.Range(0, node.Input.Count));
            CheckConcat(context, node);
        }

        foreach (var node in context.Nodes("DepthToSpace"))
        {
            var block = LintContext.Int(node, "blocksize", 0);
            if (context.Fact(node, 0).Shape is { } shape && (shape.Length != 4 || block is < 1 or > OperatorInference.MaxBlock || shape[1] % (block * block) is > 0))
            {
                context.Error(DiagnosticCodes.LintShape, node, $"spreads {context.Fact(node, 0).ShapeText} over blocks of {block}×{block}");
            }
        }

        foreach (var node in context.Nodes("QuantizeLinear", "DequantizeLinear"))
        {
            CheckQuantizer(context, node);
        }

        foreach (var declared in context.Graph.Output.Concat(context.Graph.ValueInfo))
        {
            CheckDeclaration(context, declared);
        }
    }

    private static void SameTypes(LintContext context, NodeProto node, IEnumerable<int> inputs)
    {
        var types = inputs.Select(index => context.Fact(node, index).Type).OfType<DataType>().Distinct().ToList();
        if (types.Count > 1)
        {
            context.Error(DiagnosticCodes.LintType, node, $"reads {string.Join(" and ", types)}; its inputs must have one type");
        }
    }

    private static void CheckConvolution(LintContext context, NodeProto node)
    {
        if (context.Fact(node, 1).Shape is not { } weight)
        {
            return;
        }

        var transposed = node.OpType == "ConvTranspose";
        var group = LintContext.Int(node, "group", 1);
        if (weight.Length < 3 || group < 1 || (context.Fact(node, 0).Shape is { } input && input.Length != weight.Length))
        {
            context.Error(DiagnosticCodes.LintShape, node, $"has the weight {context.Fact(node, 1).ShapeText} and {group} groups for the input {context.Fact(node, 0).ShapeText}");
            return;
        }

        if (context.Fact(node, 0).Shape is { } shape && shape[1] is { } channels && (transposed ? weight[0] : weight[1] * group) is { } taken && taken != channels)
        {
            context.Error(DiagnosticCodes.LintShape, node, $"takes {taken} channels and gets {channels}");
        }

        if (weight[0] is { } first && first % group != 0)
        {
            context.Error(DiagnosticCodes.LintShape, node, $"cannot divide {first} channels into {group} groups");
        }

        if (context.Fact(node, 2).Shape is { } bias && (transposed ? weight[1] * group : weight[0]) is { } outputs && (bias.Length != 1 || (bias[0] is { } length && length != outputs)))
        {
            context.Error(DiagnosticCodes.LintShape, node, $"has a bias of shape {context.Fact(node, 2).ShapeText} for {outputs} output channels");
        }

        var spatial = weight.Length - 2;
        foreach (var (name, count) in new[] { ("kernel_shape", spatial), ("strides", spatial), ("dilations", spatial), ("pads", spatial * 2) })
        {
            if (LintContext.Attribute(node, name) is { } attribute && attribute.Ints.Count != count)
            {
                context.Error(DiagnosticCodes.LintShape, node, $"has {attribute.Ints.Count} {name} for {spatial} spatial axes");
            }
        }

        if (LintContext.Attribute(node, "kernel_shape") is { } kernel && kernel.Ints.Count == spatial && Enumerable.Range(0, spatial).Any(axis => weight[axis + 2] is { } size && size != kernel.Ints[axis]))
        {
            context.Error(DiagnosticCodes.LintShape, node, $"has kernel_shape [{string.Join(", ", kernel.Ints)}] for the weight {context.Fact(node, 1).ShapeText}");
        }
    }

    private static void CheckBinary(LintContext context, NodeProto node)
    {
        if (context.Fact(node, 0).Shape is not { Length: > 0 } left || context.Fact(node, 1).Shape is not { Length: > 0 } right)
        {
            return;
        }

        if (node.OpType == "MatMul" && left[^1] is { } columns && right[right.Length > 1 ? ^2 : ^1] is { } rows && columns != rows)
        {
            context.Error(DiagnosticCodes.LintShape, node, $"multiplies {context.Fact(node, 0).ShapeText} by {context.Fact(node, 1).ShapeText}");
        }

        var skip = node.OpType == "MatMul" ? 3 : 1;
        for (var i = skip; i <= Math.Min(left.Length, right.Length); i++)
        {
            if (left[^i] is { } a && right[^i] is { } b && a != b && a != 1 && b != 1)
            {
                context.Error(DiagnosticCodes.LintShape, node, $"cannot broadcast {context.Fact(node, 0).ShapeText} and {context.Fact(node, 1).ShapeText}");
                return;
            }
        }
    }

    private static void CheckConcat(LintContext context, NodeProto node)
    {
        var shapes = Enumerable.Range(0, node.Input.Count).Select(index => context.Fact(node, index).Shape).OfType<long?[]>().ToList();
        if (shapes.Count == 0)
        {
            return;
        }

        var rank = shapes[0].Length;
        var axis = LintContext.Int(node, "axis", 0);
        axis += axis < 0 ? rank : 0;
        var misfit = shapes.Any(shape => shape.Length != rank) || axis < 0 || axis >= rank
            || Enumerable.Range(0, rank).Any(i => i != axis && shapes.Select(shape => shape[i]).OfType<long>().Distinct().Count() > 1);
        if (misfit)
        {
            context.Error(DiagnosticCodes.LintShape, node, $"joins {string.Join(" and ", Enumerable.Range(0, node.Input.Count).Select(index => context.Fact(node, index).ShapeText))} on axis {axis}");
        }
    }

    private static void CheckQuantizer(LintContext context, NodeProto node)
    {
        var (source, scale, zero) = (context.Fact(node, 0).Type, context.Fact(node, 1).Type, context.Fact(node, 2).Type);
        if (node.OpType == "DequantizeLinear")
        {
            if (source is DataType.Float or DataType.Float16 or DataType.Bfloat16 or DataType.Double)
            {
                context.Error(DiagnosticCodes.LintType, node, $"dequantizes a tensor that is {source} already");
            }
            else if (source is { } from && (zero ?? from) != from)
            {
                context.Error(DiagnosticCodes.LintType, node, $"reads {from} with a zero point of {zero}");
            }
        }
        else if (source is DataType.Int8 or DataType.Uint8)
        {
            context.Error(DiagnosticCodes.LintType, node, $"quantizes a tensor that is {source} already");
        }
        else if (source is { } given && scale is { } wanted && given != wanted && (given is not DataType.Int32) && (context.Opset is >= 19 and < 23 || given is not DataType.Float))
        {
            context.Error(DiagnosticCodes.LintType, node, $"reads {given} with a scale of {wanted}; in opset {context.Opset} both must have one type");
        }
    }

    private static void CheckDeclaration(LintContext context, ValueInfoProto declared)
    {
        var said = TensorFacts.Declared(declared);
        if (!context.Producers.TryGetValue(declared.Name, out var node) || node.Output[0] != declared.Name || node.Domain is not ("" or "ai.onnx"))
        {
            return;
        }

        TensorFacts[] inputs = [.. Enumerable.Range(0, node.Input.Count).Select(index => context.Fact(node, index))];
        var found = OperatorInference.Output(context, node, inputs);
        if (said.Type is { } type && found.Type is { } actual && type != actual)
        {
            context.Error(DiagnosticCodes.LintType, node, $"gives {actual}, and '{declared.Name}' is declared as {type}");
        }

        if (said.Shape is { } shape && found.Shape is { } known && (shape.Length != known.Length || shape.Zip(known).Any(pair => pair is ({ } a, { } b) && a != b)))
        {
            context.Error(DiagnosticCodes.LintShape, node, $"gives {found.ShapeText}, and '{declared.Name}' is declared as {said.ShapeText}");
        }
    }
}
