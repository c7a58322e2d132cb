using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Deploy.Configuration;

/// <summary>The <c>latency</c> section.</summary>
public sealed record LatencyConfig
{
    /// <summary>Runs before measuring.</summary>
    [Description("Runs before measuring.")]
    [Range(0, 100000)]
    public int Warmup { get; init; } = 10;

    /// <summary>Measured runs.</summary>
    [Description("Measured runs.")]
    [Range(1, 1000000)]
    public int Iterations { get; init; } = 100;

    /// <summary>What speed-up is measured against: auto is fp16 on a GPU and fp32 on a CPU.</summary>
    [Description("What speed-up is measured against: auto is fp16 on a GPU and fp32 on a CPU.")]
    [AllowedValues("auto", "fp32", "fp16")]
    public string Baseline { get; init; } = "auto";
}
