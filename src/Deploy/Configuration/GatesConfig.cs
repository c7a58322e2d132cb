using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Deploy.Configuration;

/// <summary>The <c>gates</c> section: limits that decide the exit code; null leaves a check out.</summary>
public sealed record GatesConfig
{
    /// <summary>Largest drop of mAP from FP32 to INT8, as a fraction: 0.01 is one point.</summary>
    [Description("Largest drop of mAP from FP32 to INT8, as a fraction: 0.01 is one point.")]
    [Range(0d, 1d)]
    public double? MapDropMax { get; init; } = 0.01;

    /// <summary>Largest drop of mAP relative to FP32's.</summary>
    [Description("Largest drop of mAP relative to FP32's.")]
    [Range(0d, 1d)]
    public double? MapDropMaxRelative { get; init; }

    /// <summary>Largest drop of NDS, as a fraction.</summary>
    [Description("Largest drop of NDS, as a fraction.")]
    [Range(0d, 1d)]
    public double? NdsDropMax { get; init; } = 0.01;

    /// <summary>Class to the largest drop of its AP.</summary>
    [Description("Class to the largest drop of its AP.")]
    [Range(0d, 1d)]
    public IReadOnlyDictionary<string, double> ApDropMax { get; init; } = new Dictionary<string, double>();

    /// <summary>Largest drop of mAP in any range bucket.</summary>
    [Description("Largest drop of mAP in any range bucket.")]
    [Range(0d, 1d)]
    public double? BucketDropMax { get; init; }

    /// <summary>The comparison of outputs must pass.</summary>
    [Description("The comparison of outputs must pass.")]
    public bool Comparison { get; init; } = true;

    /// <summary>Largest median latency of INT8, milliseconds.</summary>
    [Description("Largest median latency of INT8, milliseconds.")]
    [Range(0d, 1e9, MinimumIsExclusive = true)]
    public double? LatencyMsMax { get; init; }

    /// <summary>Least speed-up against the baseline.</summary>
    [Description("Least speed-up against the baseline.")]
    [Range(0d, 1e6, MinimumIsExclusive = true)]
    public double? SpeedupMin { get; init; }

    /// <summary>Least share of the engine's time spent in INT8 kernels.</summary>
    [Description("Least share of the engine's time spent in INT8 kernels.")]
    [Range(0d, 1d)]
    public double? Int8TimeShareMin { get; init; }

    /// <summary>Largest size of the INT8 engines against FP16's.</summary>
    [Description("Largest size of the INT8 engines against FP16's.")]
    [Range(0d, 100d, MinimumIsExclusive = true)]
    public double? ModelSizeRatioMax { get; init; }
}
