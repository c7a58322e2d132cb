using Deploy.Datasets;
using Deploy.Evaluation;
using Quant.Core.Models;

namespace Deploy.Tests.Evaluation;

/// <summary>Short forms for hand-made cases.</summary>
internal static class Make
{
    public static Box3D Box(double x, double y = 0, double yaw = 0, double vx = 0, double vy = 0) => new(x, y, 1, 4, 2, 1.5, yaw, vx, vy);

    public static GroundTruth Truth(double x, double y = 0, int label = 0, int points = 5, double yaw = 0, double vx = 0, params string[] attributes) =>
        new(label, Box(x, y, yaw, vx), points, attributes);

    public static Detection Found(double x, double score, double y = 0, int label = 0, double yaw = 0, double vx = 0) =>
        new(label, (float)score, Box(x, y, yaw, vx));

    public static FrameResult Frame(GroundTruth[] truth, Detection[] found, string token = "a") => new(token, truth, found);

    public static ModelEvaluation NuScenes(string[] classes, params FrameResult[] frames) =>
        DetectionMetrics.Evaluate(frames, new MetricOptions(MetricOptions.NuScenes, classes));

    public static ModelEvaluation T4(string[] classes, params FrameResult[] frames) =>
        DetectionMetrics.Evaluate(frames, new MetricOptions(MetricOptions.T4V2, classes));
}
