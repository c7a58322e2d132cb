namespace Deploy.Gates;

/// <summary>Gates on latency, speed-up, INT8 share of time and size.</summary>
internal static class PerformanceChecks
{
    public static IEnumerable<GateCheck> All(GateOptions options, GateInputs inputs)
    {
        if (options.LatencyMsMax is { } latency)
        {
            yield return Latency(latency, inputs.Latency);
        }

        if (options.SpeedupMin is { } speedup)
        {
            yield return Speedup(speedup, inputs.Latency);
        }

        if (options.Int8TimeShareMin is { } share)
        {
            yield return inputs.Engines?.Engines.GetValueOrDefault(inputs.Candidate)?.Int8TimeShare is { } value
                ? GateText.AtLeast("int8_time_share_min", "INT8 share of layer time", value, null, share, 100, "%")
                : GateText.Missing("int8_time_share_min", share, $"engine.json has no INT8 time share for '{inputs.Candidate}'; it comes from the layer profile of a TensorRT engine");
        }

        if (options.ModelSizeRatioMax is { } ratio)
        {
            yield return Size(ratio, inputs);
        }
    }

    private static GateCheck Latency(double limit, StoredLatency? latency)
    {
        const string Name = "latency_ms_max";
        return latency?.Models.GetValueOrDefault(latency.Candidate) is { } times
            ? GateText.AtMost(Name, $"median latency of {latency.Candidate}", times.MedianMs, times.Interval(), limit, 1, "ms")
            : GateText.Missing(Name, limit, NoLatency(latency));
    }

    private static GateCheck Speedup(double limit, StoredLatency? latency)
    {
        const string Name = "speedup_min";
        if (latency?.Models.GetValueOrDefault(latency.Candidate) is not { } candidate || latency.Models.GetValueOrDefault(latency.Baseline) is not { } baseline)
        {
            return GateText.Missing(Name, limit, NoLatency(latency));
        }

        var what = $"speed-up of {latency.Candidate} over {latency.Baseline}";
        return GateText.AtLeast(Name, what, latency.Speedup?.Value ?? (baseline.MedianMs / candidate.MedianMs), latency.Speedup ?? RatioInterval(baseline, candidate), limit, 1, "×");
    }

    // Separate measurements: the widest ratio that both medians' intervals allow.
    private static StoredInterval? RatioInterval(StoredTimes baseline, StoredTimes candidate) =>
        baseline.Interval() is { Low: { } baselineLow, High: { } baselineHigh } && candidate.Interval() is { Low: { } low and > 0, High: { } high }
            ? new StoredInterval(baseline.MedianMs / candidate.MedianMs, baselineLow / high, baselineHigh / low)
            : null;

    private static GateCheck Size(double limit, GateInputs inputs)
    {
        const string Name = "model_size_ratio_max";
        var candidate = inputs.Latency?.Candidate ?? inputs.Candidate;
        var baseline = inputs.Latency?.Baseline ?? "fp16";
        return inputs.Engines?.Engines.GetValueOrDefault(candidate)?.Bytes is { } size && inputs.Engines.Engines.GetValueOrDefault(baseline)?.Bytes is { } other
            ? GateText.AtMost(Name, $"size of {candidate} over {baseline}", (double)size / other, null, limit, 1, "×")
            : GateText.Missing(Name, limit, $"engine.json has no sizes of '{candidate}' and '{baseline}'; run the engine stage");
    }

    private static string NoLatency(StoredLatency? latency) => latency is null
        ? "latency.json was not found; run the evaluate stage"
        : $"latency.json holds {string.Join(", ", latency.Models.Keys)}, not both '{latency.Baseline}' and '{latency.Candidate}'";
}
