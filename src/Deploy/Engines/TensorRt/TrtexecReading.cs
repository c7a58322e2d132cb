namespace Deploy.Engines.TensorRt;

/// <summary>What a trtexec log says.</summary>
/// <param name="Verdict"><c>pass</c> or <c>fail</c>: PASSED, no error line, and the end reached.</param>
/// <param name="Tensorrt">Version, or null (7.x logs have none).</param>
/// <param name="EngineSeconds">Time of the build.</param>
/// <param name="LatencyMs">min, max, mean, median and percentiles (<c>p99</c>) of the end-to-end latency.</param>
/// <param name="GpuComputeMs">The same of the GPU's part.</param>
/// <param name="ThroughputQps">Queries per second.</param>
/// <param name="Unstable">True when trtexec warned that the times vary.</param>
/// <param name="Warnings">Number of warning lines.</param>
/// <param name="Cause">The first cause of a failure.</param>
public sealed record TrtexecReading(
    string Verdict,
    string? Tensorrt,
    double? EngineSeconds,
    IReadOnlyDictionary<string, double>? LatencyMs,
    IReadOnlyDictionary<string, double>? GpuComputeMs,
    double? ThroughputQps,
    bool Unstable,
    int Warnings,
    TrtexecCause? Cause);
