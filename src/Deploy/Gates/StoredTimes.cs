using System.Text.Json.Serialization;

namespace Deploy.Gates;

/// <summary>Stored latency of one model.</summary>
public sealed record StoredTimes
{
    /// <summary>Median in milliseconds.</summary>
    [JsonPropertyName("median_ms")]
    public required double MedianMs { get; init; }

    /// <summary>Mean in milliseconds.</summary>
    [JsonPropertyName("mean_ms")]
    public double? MeanMs { get; init; }

    /// <summary>Standard deviation over mean.</summary>
    [JsonPropertyName("cv")]
    public double? Cv { get; init; }

    /// <summary>Measured runs.</summary>
    [JsonPropertyName("samples")]
    public int? Samples { get; init; }

    /// <summary>Bootstrap interval of the median.</summary>
    [JsonPropertyName("median_interval_ms")]
    public StoredInterval? MedianInterval { get; init; }

    /// <summary>
    /// The 95 % interval of the median: the stored one, else from the standard error 1.2533·σ/√n of a median of near-normal samples when a
    /// tool such as trtexec gives only a summary; null when neither is known.
    /// </summary>
    public StoredInterval? Interval()
    {
        if (MedianInterval is { Low: not null, High: not null } || Cv is not { } cv || Samples is not > 1)
        {
            return MedianInterval;
        }

        var half = 1.96 * 1.2533 * cv * (MeanMs ?? MedianMs) / Math.Sqrt(Samples.Value);
        return new StoredInterval(MedianMs, MedianMs - half, MedianMs + half);
    }
}
