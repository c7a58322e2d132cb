using System.Text.Json.Serialization;

namespace Deploy.Comparison;

/// <summary>One output over all frames. Statistics are of absolute differences in the compared space; null when nothing was scored.</summary>
public sealed record OutputComparison
{
    /// <summary>Name, with task suffix when there are several tasks.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The chosen statistic.</summary>
    [JsonPropertyName("value")]
    public required double? Value { get; init; }

    /// <summary>Its limit.</summary>
    [JsonPropertyName("tolerance")]
    public required double Tolerance { get; init; }

    /// <summary>Largest.</summary>
    [JsonPropertyName("max_abs")]
    public required double? MaxAbs { get; init; }

    /// <summary>Mean.</summary>
    [JsonPropertyName("mean_abs")]
    public required double? MeanAbs { get; init; }

    /// <summary>99 % quantile.</summary>
    [JsonPropertyName("p99")]
    public required double? P99 { get; init; }

    /// <summary>99.9 % quantile.</summary>
    [JsonPropertyName("p99_9")]
    public required double? P999 { get; init; }

    /// <summary>Cosine similarity of all raw values; null when either is all zero.</summary>
    [JsonPropertyName("cosine")]
    public required double? Cosine { get; init; }

    /// <summary>10·log10(Σ reference² / Σ difference²) of all raw values; null without difference or without signal.</summary>
    [JsonPropertyName("sqnr_db")]
    public required double? SqnrDb { get; init; }

    /// <summary>Largest difference of the raw values of all cells.</summary>
    [JsonPropertyName("raw_max_abs")]
    public required double RawMaxAbs { get; init; }

    /// <summary>Compared values.</summary>
    [JsonPropertyName("scored")]
    public required long Scored { get; init; }

    /// <summary>True when the value is within the tolerance.</summary>
    [JsonPropertyName("pass")]
    public required bool Pass { get; init; }

    /// <summary>The largest scored difference.</summary>
    [JsonPropertyName("worst")]
    public required WorstCell? Worst { get; init; }

    /// <summary>Frame by frame.</summary>
    [JsonPropertyName("per_frame")]
    public required IReadOnlyList<FrameComparison> PerFrame { get; init; }
}
