using System.Diagnostics;
using Deploy.Evaluation;
using Xunit;

namespace Deploy.Tests.Evaluation;

public sealed class CostTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(MetricOptions.NuScenes)]
    [InlineData(MetricOptions.T4V2)]
    public void Six_thousand_frames_of_500_detections_are_evaluated_within_a_minute_and_two_gigabytes(string metric)
    {
        var frames = SyntheticFrames.Make(6000, objects: 40, detections: 500, jitter: 1);
        var watch = Stopwatch.StartNew();
        var evaluation = DetectionMetrics.Evaluate(frames, new MetricOptions(metric, SyntheticFrames.Classes));
        output.WriteLine($"{metric}: {watch.Elapsed.TotalSeconds:F1} s, mAP {evaluation.Map:F4}, peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB");
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 60);
        Assert.InRange(Process.GetCurrentProcess().PeakWorkingSet64, 0, 2L << 30);
        Assert.InRange(evaluation.Map!.Value, 0.01, 1);
    }

    [Fact]
    public void A_paired_bootstrap_matches_once_and_then_only_weights_frames()
    {
        var reference = SyntheticFrames.Make(1500, objects: 40, detections: 500, jitter: 0.5);
        var candidate = SyntheticFrames.Make(1500, objects: 40, detections: 500, jitter: 0.6);
        var watch = Stopwatch.StartNew();
        var drop = PairedBootstrap.Drops("a", reference, "b", candidate, new MetricOptions(MetricOptions.NuScenes, SyntheticFrames.Classes), resamples: 40);
        output.WriteLine($"40 resamples: {watch.Elapsed.TotalSeconds:F1} s, drop {drop.Map}, peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB");
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 60);
        Assert.True(drop.Map.Low > 0 && drop.Map.High < 0.3, drop.Map.ToString());
    }
}
