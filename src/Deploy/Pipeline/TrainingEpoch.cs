namespace Deploy.Pipeline;

/// <summary>What one epoch gave.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">Mean of its steps.</param>
/// <param name="Map">mAP afterwards, 0…1; null without labels.</param>
/// <param name="LearningRate">Of its last step.</param>
internal sealed record TrainingEpoch(int Epoch, double Loss, double? Map, double LearningRate);
