using Deploy.Datasets;
using Quant.Core.Models;

namespace Deploy.Evaluation;

/// <summary>What one model found in one frame, beside what is there. All boxes are in one frame whose origin is the ego vehicle.</summary>
/// <param name="Token">The sample's identifier, unique in an evaluation.</param>
/// <param name="Truth">Labelled objects in the data set's order.</param>
/// <param name="Detections">In the model's order; it decides ties of equal scores.</param>
public sealed record FrameResult(string Token, IReadOnlyList<GroundTruth> Truth, IReadOnlyList<Detection> Detections)
{
    /// <summary>
    /// Predicted attribute of each detection (empty for none), or null when the model predicts none; then mAAE is 1.
    /// </summary>
    public IReadOnlyList<string>? DetectionAttributes { get; init; }

    /// <summary>
    /// Boxes of <c>static_object.bicycle_rack</c>: bicycles and motorcycles, true or found, whose centre lies in one are not evaluated
    /// by the nuScenes metric. Empty for data sets without them.
    /// </summary>
    public IReadOnlyList<Box3D> BikeRacks { get; init; } = [];
}
