namespace Deploy.Evaluation;

/// <summary>The content of a detections or ground truth file.</summary>
/// <param name="Model">Name of the model; <c>ground_truth</c> for labels.</param>
/// <param name="ClassNames">The classes that labels index.</param>
/// <param name="Frames">By frame; the half that a file does not hold is empty.</param>
public sealed record StoredFrames(string Model, IReadOnlyList<string> ClassNames, IReadOnlyList<FrameResult> Frames);
