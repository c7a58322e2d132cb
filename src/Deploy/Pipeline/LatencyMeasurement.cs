using Deploy.Configuration;
using Deploy.Engines;
using Deploy.Evaluation;
using Quant.Core.Models;

namespace Deploy.Pipeline;

/// <summary>Times two models in turns in one process, so that drift of the machine meets both alike.</summary>
internal static class LatencyMeasurement
{
    public static LatencyReport Interleaved(
        TimeProvider clock, IDetectorModel baseline, IDetectorModel candidate, IReadOnlyList<PillarBatch> frames, LatencyConfig config, ulong seed, Action step)
    {
        var (first, second) = (new List<double>(), new List<double>());
        for (var round = -config.Warmup; round < config.Iterations; round++)
        {
            var frame = frames[(round + config.Warmup) % frames.Count];
            var (a, b) = (Time(clock, baseline, frame), Time(clock, candidate, frame));
            if (round >= 0)
            {
                first.Add(a);
                second.Add(b);
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
            Models = new Dictionary<string, LatencyStatistics>
            {
                [baseline.Name] = LatencyStatistics.From(first, seed),
                [candidate.Name] = LatencyStatistics.From(second, seed),
            },
            Speedup = first.Count > 1 ? LatencyStatistics.Speedup(first, second, seed: seed) : null,
        };
    }

    private static double Time(TimeProvider clock, IDetectorModel model, PillarBatch frame)
    {
        var start = clock.GetTimestamp();
        model.Run(frame);
        return clock.GetElapsedTime(start).TotalMilliseconds;
    }
}
