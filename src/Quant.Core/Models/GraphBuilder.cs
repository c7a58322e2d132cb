using System.Collections.Immutable;

namespace Quant.Core.Models;

/// <summary>Appends steps to a graph; a value is named by the layer or step that writes it.</summary>
internal sealed class GraphBuilder(string name, string input)
{
    private readonly ImmutableArray<GraphNode>.Builder nodes = ImmutableArray.CreateBuilder<GraphNode>();
    private readonly ImmutableArray<GraphOutput>.Builder outputs = ImmutableArray.CreateBuilder<GraphOutput>();

    public string Input => input;

    public string Apply(Layer layer, string value) => Add(new GraphOp.Apply(layer), layer.Name, value);

    /// <summary>A sum whose quantized operands follow <see cref="SumPlacement"/>.</summary>
    public string Sum(string output, params string[] operands) =>
        Add(new GraphOp.Apply(Layer.Sum(output, SumPlacement.QuantizedOperands(nodes, operands))), output, operands);

    public string Add(GraphOp op, string output, params string[] inputs)
    {
        nodes.Add(new GraphNode(op, [.. inputs], output));
        return output;
    }

    public void Output(string value, string outside) => outputs.Add(new GraphOutput(value, outside));

    public LayerGraph Build() => new(name, input, nodes.ToImmutable(), outputs.ToImmutable());
}
