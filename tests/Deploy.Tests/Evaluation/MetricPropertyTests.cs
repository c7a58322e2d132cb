using CsCheck;
using Deploy.Datasets;
using Deploy.Evaluation;
using Quant.Core.Models;
using Xunit;

namespace Deploy.Tests.Evaluation;

public sealed class MetricPropertyTests
{
    private const int Classes = 2;
    private static readonly string[] Names = ["car", "bus"];

    // Coarse scores make many ties; coarse places make many objects compete for one detection.
    private static readonly Gen<Box3D> GenBox = Gen.Select(Gen.Int[-60, 60], Gen.Int[-3, 3], Gen.Double[0.5, 5], Gen.Double[-7, 7], Gen.Double[-3, 3])
        .Select((x, y, l, yaw, v) => new Box3D(x * 0.7, y * 0.7, 0, l, 2, 1.5, yaw, v, 0));

    private static readonly Gen<GroundTruth> GenTruth = Gen.Select(GenBox, Gen.Int[0, Classes - 1], Gen.Int[-1, 4]).Select((box, label, points) => new GroundTruth(label, box, points, []));

    private static readonly Gen<Detection> GenFound = Gen.Select(GenBox, Gen.Int[0, Classes - 1], Gen.Int[1, 12]).Select((box, label, score) => new Detection(label, score / 16f, box));

    private static readonly Gen<FrameResult[]> GenFrames = Gen.Select(GenTruth.Array[0, 6], GenFound.Array[0, 10]).Array[1, 6]
        .Select(frames => frames.Select((frame, i) => new FrameResult($"{i}", frame.Item1, frame.Item2)).ToArray());

    [Fact]
    public void The_nuscenes_metric_equals_its_literal_definition() => GenFrames.Sample(frames =>
    {
        var evaluation = Make.NuScenes(Names, frames);
        var (map, errors) = LiteralMetrics.NuScenes(frames, Classes);
        Assert.Equal(map, evaluation.Map!.Value, 1e-9);
        Assert.Equal(errors[0], evaluation.Mate!.Value, 1e-9);
        Assert.Equal(errors[1], evaluation.Mase!.Value, 1e-9);
        Assert.Equal(errors[2], evaluation.Maoe!.Value, 1e-9);
        Assert.Equal(errors[3], evaluation.Mave!.Value, 1e-9);
        Assert.Equal(((5 * map) + errors.Sum(error => Math.Max(0, 1 - error))) / 10, evaluation.Nds!.Value, 1e-9);
    }, iter: 1000);

    [Fact]
    public void T4MetricV2_equals_its_literal_definition() => GenFrames.Sample(frames =>
        Assert.Equal(LiteralMetrics.T4(frames, Classes), Make.T4(Names, frames).Map ?? double.NaN, 1e-9), iter: 1000);

    [Theory]
    [InlineData(MetricOptions.NuScenes)]
    [InlineData(MetricOptions.T4V2)]
    public void A_far_false_positive_never_raises_AP(string metric) => Gen.Select(GenFrames, Gen.Float[0.01f, 0.99f]).Sample((frames, score) =>
    {
        var options = new MetricOptions(metric, Names);
        var before = DetectionMetrics.Evaluate(frames, options);
        frames[0] = frames[0] with { Detections = [.. frames[0].Detections, new Detection(0, score, Make.Box(0, 100))] };
        var after = DetectionMetrics.Evaluate(frames, options);
        Assert.True((after.PerClass["car"].Ap ?? 0) <= (before.PerClass["car"].Ap ?? 0) + 1e-12);
        Assert.Equal(before.PerClass["bus"].Ap, after.PerClass["bus"].Ap);
    }, iter: 500);

    [Theory]
    [InlineData(MetricOptions.NuScenes)]
    [InlineData(MetricOptions.T4V2)]
    public void The_order_of_detections_matters_only_for_equal_scores(string metric) => GenFrames.Sample(frames =>
    {
        var next = 0;
        frames = [.. frames.Select(frame => frame with { Detections = [.. frame.Detections.Select(found => found with { Score = found.Score + (0.0001f * next++) })] })];
        var options = new MetricOptions(metric, Names);
        var reversed = frames.Reverse().Select(frame => frame with { Detections = [.. frame.Detections.Reverse()] }).ToArray();
        Assert.Equal(DetectionMetrics.Evaluate(frames, options).Map ?? double.NaN, DetectionMetrics.Evaluate(reversed, options).Map ?? double.NaN, 1e-12);
    }, iter: 300);
}
