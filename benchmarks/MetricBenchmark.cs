using BenchmarkDotNet.Attributes;
using Deploy.Evaluation;
using Deploy.Tests.Evaluation;

namespace Benchmarks;

/// <summary>Evaluation of stored detections: 500 detections and 40 objects a frame.</summary>
[MemoryDiagnoser]
public class MetricBenchmark
{
    private IReadOnlyList<FrameResult> results = [];

    [Params(1500, 3000, 6000)]
    public int Frames { get; set; }

    [Params(MetricOptions.NuScenes, MetricOptions.T4V2)]
    public string Metric { get; set; } = "";

    [GlobalSetup]
    public void Make() => results = SyntheticFrames.Make(Frames, objects: 40, detections: 500, jitter: 1);

    [Benchmark]
    public ModelEvaluation Evaluate() => DetectionMetrics.Evaluate(results, new MetricOptions(Metric, SyntheticFrames.Classes));
}
