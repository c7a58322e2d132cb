using Quant.Core.Models;

namespace Quant.Core.Quantization;

/// <summary>How one layer is quantized, or why it is kept in float.</summary>
/// <param name="Name">The layer.</param>
/// <param name="Kind">Its operation.</param>
/// <param name="Quantized">True when input and weight, where there is one, are INT8.</param>
/// <param name="Reason">Why it is kept; null when quantized.</param>
/// <param name="Input">Null when kept.</param>
/// <param name="Weight">Null when kept, and for Add.</param>
public sealed record LayerQuantization(string Name, LayerKind Kind, bool Quantized, string? Reason, InputQuantization? Input, WeightQuantization? Weight);
