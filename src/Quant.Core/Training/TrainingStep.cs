namespace Quant.Core.Training;

/// <summary>One step of the optimizer.</summary>
/// <param name="Epoch">From 0.</param>
/// <param name="Step">From 0, over all epochs.</param>
/// <param name="Loss">Of its batch.</param>
/// <param name="LearningRate">It used.</param>
/// <param name="GradientNorm">L2 norm of all gradients, before clipping.</param>
public sealed record TrainingStep(int Epoch, int Step, double Loss, double LearningRate, double GradientNorm);
