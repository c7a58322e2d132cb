using Quant.Core.Models;

namespace Quant.Core.Quantization;

/// <summary>The decision for one layer.</summary>
/// <param name="Name">The layer.</param>
/// <param name="Kind">Its operation.</param>
/// <param name="Quantized">INT8, or kept in float.</param>
/// <param name="Reason">Why it is kept; null when quantized.</param>
/// <param name="InputQuantizer">The quantizer of the tensor it reads, shared by all quantized layers that read it; null when kept.</param>
/// <param name="WeightAxis">The axis with ranges of its own, or null for one range; meaningless when kept.</param>
public sealed record LayerPlan(string Name, LayerKind Kind, bool Quantized, string? Reason, string? InputQuantizer, int? WeightAxis);
