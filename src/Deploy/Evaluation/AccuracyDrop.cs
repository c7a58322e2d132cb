using System.Text.Json.Serialization;

namespace Deploy.Evaluation;

/// <summary>How much accuracy a candidate loses against a reference on the same frames: reference − candidate, in fractions.</summary>
public sealed record AccuracyDrop
{
    /// <summary>Name of the better-known model, such as <c>fp32</c>.</summary>
    [JsonPropertyName("reference")]
    public required string Reference { get; init; }

    /// <summary>Name of the judged model, such as <c>int8</c>.</summary>
    [JsonPropertyName("candidate")]
    public required string Candidate { get; init; }

    /// <summary>Frames that were resampled.</summary>
    [JsonPropertyName("frames")]
    public required int Frames { get; init; }

    /// <summary>Bootstrap resamples.</summary>
    [JsonPropertyName("resamples")]
    public required int Resamples { get; init; }

    /// <summary>Seed of the resampling.</summary>
    [JsonPropertyName("seed")]
    public required ulong Seed { get; init; }

    /// <summary>Drop of mAP.</summary>
    [JsonPropertyName("mAP")]
    public required Estimate Map { get; init; }

    /// <summary>Drop of mAP over the reference's mAP.</summary>
    [JsonPropertyName("mAP_relative")]
    public required Estimate MapRelative { get; init; }

    /// <summary>Drop of NDS; null values for a metric without NDS.</summary>
    [JsonPropertyName("NDS")]
    public required Estimate Nds { get; init; }

    /// <summary>Drop of AP by class name.</summary>
    [JsonPropertyName("per_class")]
    public required IReadOnlyDictionary<string, Estimate> PerClass { get; init; }

    /// <summary>Drop of mAP by range; only for T4MetricV2.</summary>
    [JsonPropertyName("buckets")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<BucketDrop>? Buckets { get; init; }
}
