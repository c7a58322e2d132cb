using Deploy.Configuration;
using Deploy.Engines.OnnxRuntime;
using Deploy.Evaluation;
using Quant.Core.Models;

namespace Deploy.Pipeline;

/// <summary>Times two models in turns in one process, so that drift of the machine meets both alike.</summary>
internal static class LatencyMeasurement
{
    /// <summary>Appended to a model's name for its backbone, neck and head alone, without encoder and scatter.</summary>
    public const string Dense = "_dense";

    /// <summary>The times that trtexec took of FP16 and INT8 engines in turns; null when it took none.</summary>
    public static LatencyReport? OfEngines(IReadOnlyDictionary<string, EngineEntry> engines, ulong seed)
    {
        if (engines.GetValueOrDefault("fp16")?.RoundMediansMs is not { } baseline || engines.GetValueOrDefault("int8")?.RoundMediansMs is not { } candidate)
        {
            return null;
        }

        return new LatencyReport
        {
            Device = "gpu",
            Provider = engines["int8"].Runtime ?? "tensorrt",
            Warmup = 0,
            Baseline = "fp16",
            Candidate = "int8",
            Models = new Dictionary<string, LatencyStatistics> { ["fp16"] = LatencyStatistics.From(baseline, seed), ["int8"] = LatencyStatistics.From(candidate, seed) },
            Speedup = baseline.Count == candidate.Count && baseline.Count > 1 ? LatencyStatistics.Speedup(baseline, candidate, seed: seed) : null,
        };
    }

    public static LatencyReport Interleaved(
        TimeProvider clock, OrtDetector baseline, OrtDetector candidate, IReadOnlyList<PillarBatch> frames, LatencyConfig config, ulong seed, Action step)
    {
        var samples = new[] { baseline, candidate }.SelectMany(model => new[] { model.Name, model.Name + Dense }).ToDictionary(name => name, _ => new List<double>());
        for (var round = -config.Warmup; round < config.Iterations; round++)
        {
            foreach (var model in new[] { baseline, candidate })
            {
                var start = clock.GetTimestamp();
                var canvas = model.Canvas(frames[(round + config.Warmup) % frames.Count]);
                var middle = clock.GetTimestamp();
                model.RunDense(canvas);
                var end = clock.GetTimestamp();
                if (round >= 0)
                {
                    samples[model.Name].Add(clock.GetElapsedTime(start, end).TotalMilliseconds);
                    samples[model.Name + Dense].Add(clock.GetElapsedTime(middle, end).TotalMilliseconds);
                }
            }

            step();
        }

        return new LatencyReport
        {
            Device = "cpu",
            Provider = candidate.Provider,
            Warmup = config.Warmup,
            Baseline = baseline.Name,
            Candidate = candidate.Name,
            Models = samples.ToDictionary(item => item.Key, item => LatencyStatistics.From(item.Value, seed)),
            Speedup = config.Iterations > 1 ? LatencyStatistics.Speedup(samples[baseline.Name], samples[candidate.Name], seed: seed) : null,
        };
    }
}
