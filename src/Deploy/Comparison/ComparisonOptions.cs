using Quant.Core.Diagnostics;

namespace Deploy.Comparison;

/// <summary>How two models' outputs are scored.</summary>
public sealed record ComparisonOptions
{
    /// <summary><c>activated</c>: what the decoder reads, at the cells it reads; <c>raw</c>: every value of every output.</summary>
    public string Space { get; init; } = "activated";

    /// <summary><c>mean</c>, <c>p99</c>, <c>p99_9</c> or <c>max</c> of the absolute differences over all frames.</summary>
    public string Statistic { get; init; } = "p99";

    /// <summary>The statistic must not be larger than this, unless an output has its own tolerance.</summary>
    public double Tolerance { get; init; } = 0.1;

    /// <summary>By output; <c>rot</c> also names <c>rot_0</c>, <c>rot_1</c>, … of a head with several tasks.</summary>
    public IReadOnlyDictionary<string, double> Tolerances { get; init; } = new Dictionary<string, double>();

    /// <summary>A cell is scored where either model's heatmap is above this after the sigmoid.</summary>
    public double ScoreThreshold { get; init; } = 0.1f;

    /// <summary>Names in the result.</summary>
    public string Reference { get; init; } = "fp16";

    /// <summary>Names in the result.</summary>
    public string Candidate { get; init; } = "int8";

    /// <summary>What ran the candidate, such as <c>CPUExecutionProvider</c>.</summary>
    public string Provider { get; init; } = string.Empty;

    /// <summary>The tolerance of an output: its own, that of its name without task suffix, or the general one.</summary>
    public double ToleranceOf(string output) =>
        Tolerances.TryGetValue(output, out var own) || Tolerances.TryGetValue(OutputName.Parse(output).Branch, out own) ? own : Tolerance;

    /// <summary>Checks everything that does not need the outputs.</summary>
    internal void Check(DiagnosticBag bag)
    {
        if (Space is not ("activated" or "raw"))
        {
            bag.Error(DiagnosticCodes.ComparisonInvalid, $"verification.space '{Space}' is not known; use activated or raw");
        }

        if (Statistic is not ("mean" or "p99" or "p99_9" or "max"))
        {
            bag.Error(DiagnosticCodes.ComparisonInvalid, $"verification.statistic '{Statistic}' is not known; use mean, p99, p99_9 or max");
        }

        foreach (var (name, tolerance) in Tolerances.Append(new("tolerance", Tolerance)))
        {
            if (!(tolerance >= 0) || double.IsInfinity(tolerance))
            {
                bag.Error(DiagnosticCodes.ComparisonInvalid, $"tolerance {tolerance} of '{name}' must be a finite number of at least 0");
            }
        }
    }
}
