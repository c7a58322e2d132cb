using Quant.Core.Diagnostics;

namespace Deploy.Evaluation;

/// <summary>Accuracy of stored detections.</summary>
public static class DetectionMetrics
{
    /// <summary>Evaluates one model's detections with the metric that the options name.</summary>
    /// <param name="frames">All frames; their order decides ties of equal scores.</param>
    /// <param name="options">Metric, classes and ranges.</param>
    /// <exception cref="QuantException">QNT0610 for the options, QNT0611 for the frames.</exception>
    public static ModelEvaluation Evaluate(IReadOnlyList<FrameResult> frames, MetricOptions options)
    {
        MetricInputs.Check(frames, options);
        return options.Metric == MetricOptions.NuScenes
            ? NuScenesMetric.Evaluate(frames, options)
            : T4MetricV2.Evaluate(frames, options);
    }
}
