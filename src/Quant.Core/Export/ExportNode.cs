using System.Collections.Immutable;

namespace Quant.Core.Export;

/// <summary>One step: reads values by name and writes one value.</summary>
public sealed record ExportNode(ExportOp Op, ImmutableArray<string> Inputs, string Output)
{
    /// <summary>The layer of an <see cref="ExportOp.Apply"/> node, or null.</summary>
    public LayerWeights? Layer => (Op as ExportOp.Apply)?.Layer;
}
