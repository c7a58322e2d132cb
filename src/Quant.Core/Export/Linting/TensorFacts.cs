using Quant.Core.Export.Onnx;
using DataType = Quant.Core.Export.Onnx.TensorProto.Types.DataType;

namespace Quant.Core.Export.Linting;

/// <summary>Element type and shape of a tensor as far as they are known; a null type, shape or dimension is unknown.</summary>
internal sealed record TensorFacts(DataType? Type, long?[]? Shape)
{
    public static TensorFacts Unknown { get; } = new(null, null);

    public string ShapeText => Shape is null ? "?" : $"[{string.Join(", ", Shape.Select(dim => dim is { } size ? FormattableString.Invariant($"{size}") : "?"))}]";

    /// <summary>Walks the nodes in file order with the operators of <see cref="OperatorInference"/>; others give unknown tensors.</summary>
    public static Dictionary<string, TensorFacts> Infer(LintContext context)
    {
        var facts = new Dictionary<string, TensorFacts>(StringComparer.Ordinal);
        foreach (var input in context.Graph.Input)
        {
            facts.TryAdd(input.Name, Declared(input));
        }

        foreach (var tensor in context.Graph.Initializer)
        {
            facts[tensor.Name] = Of(tensor);
        }

        foreach (var node in context.Graph.Node.Where(node => node.Output.Count > 0))
        {
            TensorFacts[] inputs = [.. node.Input.Select(name => facts.GetValueOrDefault(name) ?? Unknown)];
            facts.TryAdd(node.Output[0], node.Domain is "" or "ai.onnx" ? OperatorInference.Output(context, node, inputs) : Unknown);
        }

        foreach (var declared in context.Graph.ValueInfo.Concat(context.Graph.Output))
        {
            var known = facts.GetValueOrDefault(declared.Name) ?? Unknown;
            var said = Declared(declared);
            facts[declared.Name] = new TensorFacts(known.Type ?? said.Type, known.Shape ?? said.Shape);
        }

        return facts;
    }

    public static TensorFacts Of(TensorProto tensor) => new((DataType)tensor.DataType, [.. tensor.Dims.Select(dim => (long?)dim)]);

    public static TensorFacts Declared(ValueInfoProto value) => value.Type?.TensorType is not { } type
        ? Unknown
        : new TensorFacts(
            type.ElemType == 0 ? null : (DataType)type.ElemType,
            type.Shape is null ? null : [.. type.Shape.Dim.Select(dim => dim.HasDimValue ? dim.DimValue : (long?)null)]);
}
