using Quant.Core.Models;

namespace Deploy.Evaluation;

/// <summary>One sample of a submission.</summary>
/// <param name="Detections">In the file's order, in the sample's own frame.</param>
/// <param name="Attributes">Attribute of each detection, empty for none.</param>
public sealed record SubmittedFrame(IReadOnlyList<Detection> Detections, IReadOnlyList<string> Attributes);
