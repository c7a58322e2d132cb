using System.Collections.Immutable;

namespace Quant.Core.Models;

/// <summary>One step: reads values by name and writes one value. A layer's output value carries the layer's name.</summary>
public sealed record GraphNode(GraphOp Op, ImmutableArray<string> Inputs, string Output)
{
    /// <summary>The layer of an <see cref="GraphOp.Apply"/> node, or null.</summary>
    public Layer? Layer => (Op as GraphOp.Apply)?.Layer;
}
