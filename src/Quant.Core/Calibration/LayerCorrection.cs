namespace Quant.Core.Calibration;

/// <summary>The shift of one layer's bias.</summary>
/// <param name="Name">The layer.</param>
/// <param name="Shift">One value per output channel, added to the bias.</param>
/// <param name="MeanErrorBefore">Mean over channels of |mean output error| before the shift.</param>
public sealed record LayerCorrection(string Name, IReadOnlyList<float> Shift, double MeanErrorBefore);
