namespace Quant.Core.Quantization;

/// <summary>The range of a layer's weight.</summary>
/// <param name="Axis">The axis that keeps its own ranges (0 for Conv2d and Linear); null means per tensor.</param>
/// <param name="Amax">One value per channel, or one.</param>
/// <param name="Scale">amax/127 in float32, or 1 for an all-zero channel.</param>
public sealed record WeightQuantization(int? Axis, IReadOnlyList<float> Amax, IReadOnlyList<float> Scale);
