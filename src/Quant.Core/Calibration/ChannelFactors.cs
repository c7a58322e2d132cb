namespace Quant.Core.Calibration;

/// <summary>The exact scaling of one layer's output channels.</summary>
/// <param name="Name">The layer whose output is divided.</param>
/// <param name="Factors">c, one per output channel, in (0, 1]; the columns of every reader are multiplied by it.</param>
public sealed record ChannelFactors(string Name, IReadOnlyList<float> Factors);
