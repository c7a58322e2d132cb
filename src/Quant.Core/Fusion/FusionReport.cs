namespace Quant.Core.Fusion;

/// <summary>What folding did (fusion.json).</summary>
/// <param name="Layers">One entry for each layer, in execution order.</param>
public sealed record FusionReport(IReadOnlyList<LayerFusion> Layers)
{
    /// <summary>The version of the JSON form.</summary>
    public int Version { get; init; } = 1;

    /// <summary>How many layers had a norm or layer scale that was folded.</summary>
    public int Folded => Layers.Count(layer => layer.Folded);
}
