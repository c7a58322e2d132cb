using Deploy.Datasets;
using Deploy.Evaluation;
using Quant.Core.Models;

namespace Deploy.Tests.Evaluation;

/// <summary>Random frames of nuScenes size: objects, detections near them and false positives.</summary>
internal static class SyntheticFrames
{
    public static readonly string[] Classes =
        ["car", "truck", "bus", "trailer", "construction_vehicle", "pedestrian", "motorcycle", "bicycle", "traffic_cone", "barrier"];

    /// <summary>Frames whose detections follow the objects with <paramref name="jitter"/> metres of error.</summary>
    public static FrameResult[] Make(int frames, int objects, int detections, double jitter, int seed = 1)
    {
        var random = new Random(seed);
        double Around(double centre, double width) => centre + ((random.NextDouble() - 0.5) * 2 * width);
        return [.. Enumerable.Range(0, frames).Select(f =>
        {
            var truth = Enumerable.Range(0, objects).Select(_ => new GroundTruth(
                random.Next(Classes.Length), new Box3D(Around(0, 50), Around(0, 50), 1, 4, 2, 1.5, Around(0, 3), Around(0, 10), 0), 5, [])).ToArray();
            var found = Enumerable.Range(0, detections).Select(d =>
            {
                if (d >= objects)
                {
                    return new Detection(random.Next(Classes.Length), random.NextSingle() * 0.4f, new Box3D(Around(0, 50), Around(0, 50), 1, 4, 2, 1.5, 0, 0, 0));
                }

                var box = truth[d].Box;
                return new Detection(truth[d].Label, 0.2f + (random.NextSingle() * 0.8f), box with { X = Around(box.X, jitter), Y = Around(box.Y, jitter), Yaw = Around(box.Yaw, 0.1) });
            });
            return new FrameResult($"frame{f}", truth, [.. found]);
        })];
    }
}
