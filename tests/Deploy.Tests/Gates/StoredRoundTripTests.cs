using Deploy.Evaluation;
using Deploy.Gates;
using Deploy.Tests.Evaluation;
using Xunit;

namespace Deploy.Tests.Gates;

public sealed class StoredRoundTripTests
{
    [Theory]
    [InlineData(MetricOptions.NuScenes)]
    [InlineData(MetricOptions.T4V2)]
    public void What_the_evaluation_writes_the_gates_read(string metric)
    {
        var options = new MetricOptions(metric, SyntheticFrames.Classes);
        var fp32 = SyntheticFrames.Make(20, 20, 40, 0.3);
        var int8 = SyntheticFrames.Make(20, 20, 40, 1.5);
        var times = LatencyStatistics.From([9, 10, 11]);
        using var stored = new StoredResults()
            .Write("evaluation.json", EvaluationJson.Serialize(new EvaluationReport
            {
                Metric = metric,
                Frames = 20,
                Models = new Dictionary<string, ModelEvaluation> { ["fp32"] = DetectionMetrics.Evaluate(fp32, options), ["int8"] = DetectionMetrics.Evaluate(int8, options) },
                Drops = [PairedBootstrap.Drops("fp32", fp32, "int8", int8, options, 100)],
            }))
            .Write("latency.json", EvaluationJson.Serialize(new LatencyReport
            {
                Device = "cpu",
                Provider = "test",
                Warmup = 0,
                Baseline = "fp32",
                Candidate = "int8",
                Models = new Dictionary<string, LatencyStatistics> { ["fp32"] = times, ["int8"] = times },
                Speedup = LatencyStatistics.Speedup([9, 10, 11], [9, 10, 11]),
            }));

        var report = GateEvaluator.Check(
            new GateOptions { MapDropMax = 0.001, MapDropMaxRelative = 0.9, LatencyMsMax = 100, SpeedupMin = 0.5, BucketDropMax = metric == MetricOptions.T4V2 ? 0.9 : null },
            GateInputs.Load(stored.Folder));
        Assert.Equal(GateVerdict.Fail, report.Checks[0].Verdict);
        Assert.NotNull(report.Checks[0].Low);
        Assert.All(report.Checks.Skip(1), check => Assert.Equal((GateVerdict.Pass, true), (check.Verdict, check.High is not null)));

        // The synthetic objects end 71 m away, so the farthest of the four ranges is empty.
        Assert.Equal(metric == MetricOptions.T4V2 ? 7 : 4, report.Checks.Count);
    }
}
