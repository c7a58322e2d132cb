namespace Quant.Core.Calibration;

/// <summary>What the input quantizers saw in some frames.</summary>
/// <param name="Frames">How many frames.</param>
/// <param name="Tensors">One entry for each input quantizer, in the plan's order.</param>
public sealed record CalibrationObservations(int Frames, IReadOnlyList<TensorObservation> Tensors);
