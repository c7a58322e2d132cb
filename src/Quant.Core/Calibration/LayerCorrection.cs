namespace Quant.Core.Calibration;

/// <summary>The shift of one layer's bias, and the layer's output error (float − quantized, before the activation) around it.</summary>
/// <param name="Name">The layer.</param>
/// <param name="Shift">One value per output channel, added to the bias: the channel's mean error.</param>
/// <param name="MeanErrorBefore">Mean over channels of |mean output error| before the shift.</param>
/// <param name="RmsBefore">Root of the mean squared output error before the shift, in the output's unit, with the layers before already corrected.</param>
/// <param name="RmsAfter">The same after it: what a constant for each channel cannot remove.</param>
public sealed record LayerCorrection(string Name, IReadOnlyList<float> Shift, double MeanErrorBefore, double RmsBefore, double RmsAfter);
