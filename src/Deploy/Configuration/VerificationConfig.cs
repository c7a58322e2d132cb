using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Deploy.Configuration;

/// <summary>The <c>verification</c> section: how far INT8 outputs may lie from FP16's.</summary>
public sealed record VerificationConfig
{
    /// <summary>Limit of the statistic for every output without its own.</summary>
    [Description("Limit of the statistic for every output without its own.")]
    [Range(0d, 1e6)]
    public double Tolerance { get; init; } = 0.1;

    /// <summary>Output to its own limit, such as {rot: 0.2, vel: 0.5}.</summary>
    [Description("Output to its own limit, such as {rot: 0.2, vel: 0.5}.")]
    [Range(0d, 1e6)]
    public IReadOnlyDictionary<string, double> Tolerances { get; init; } = new Dictionary<string, double>();

    /// <summary>Validation frames compared.</summary>
    [Description("Validation frames compared.")]
    [Range(1, int.MaxValue)]
    public int NumVerifySamples { get; init; } = 8;

    /// <summary>activated scores what the decoder reads; raw scores the outputs as they are.</summary>
    [Description("activated scores what the decoder reads; raw scores the outputs as they are.")]
    [AllowedValues("activated", "raw")]
    public string Space { get; init; } = "activated";

    /// <summary>Taken over the absolute differences of all frames.</summary>
    [Description("Taken over the absolute differences of all frames.")]
    [AllowedValues("mean", "p99", "p99_9", "max")]
    public string Statistic { get; init; } = "p99";
}
