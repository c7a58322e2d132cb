namespace Quant.Core.Fusion;

/// <summary>One layer's folding.</summary>
/// <param name="Name">The layer.</param>
/// <param name="Folded">False when the layer had neither norm nor scale.</param>
/// <param name="FactorMin">Smallest magnitude of the folded factor, γ/√(var + eps) times the layer scale, over the output channels, or null.</param>
/// <param name="FactorMax">Largest, or null.</param>
/// <param name="DeadChannels">Output channels whose folded weight is all zero.</param>
public sealed record LayerFusion(string Name, bool Folded, double? FactorMin, double? FactorMax, int DeadChannels);
