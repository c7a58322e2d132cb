using System.Text.Json.Serialization;

namespace Deploy.Comparison;

/// <summary>compare.json: how far a candidate's outputs are from a reference's.</summary>
public sealed record ComparisonReport
{
    /// <summary>The form that this program writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Changes only when a reader would break.</summary>
    [JsonPropertyName("version")]
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Name of the reference.</summary>
    [JsonPropertyName("reference")]
    public required string Reference { get; init; }

    /// <summary>Name of the candidate.</summary>
    [JsonPropertyName("candidate")]
    public required string Candidate { get; init; }

    /// <summary>The general tolerance.</summary>
    [JsonPropertyName("tolerance")]
    public required double Tolerance { get; init; }

    /// <summary><c>activated</c> or <c>raw</c>.</summary>
    [JsonPropertyName("space")]
    public required string Space { get; init; }

    /// <summary><c>mean</c>, <c>p99</c>, <c>p99_9</c> or <c>max</c>.</summary>
    [JsonPropertyName("statistic")]
    public required string Statistic { get; init; }

    /// <summary>True when every output passes.</summary>
    [JsonPropertyName("pass")]
    public required bool Pass { get; init; }

    /// <summary>What ran the candidate.</summary>
    [JsonPropertyName("provider")]
    public required string Provider { get; init; }

    /// <summary>Compared frames.</summary>
    [JsonPropertyName("frames")]
    public required int Frames { get; init; }

    /// <summary>True when no cell of a task passed the score threshold in any frame, so that the reference's top cells were scored.</summary>
    [JsonPropertyName("fallback")]
    public required bool Fallback { get; init; }

    /// <summary>In the reference's order.</summary>
    [JsonPropertyName("outputs")]
    public required IReadOnlyList<OutputComparison> Outputs { get; init; }

    /// <summary>Name of the output whose value is the largest part of its tolerance; its <c>worst</c> names frame and cell.</summary>
    [JsonPropertyName("worst_output")]
    public required string? WorstOutput { get; init; }
}
