using System.Text.Json.Serialization;

namespace Deploy.Gates;

/// <summary>Stored drop in one range (m).</summary>
public sealed record StoredBucketDrop(
    [property: JsonPropertyName("min")] double Min,
    [property: JsonPropertyName("max")] double Max,
    [property: JsonPropertyName("mAP")] StoredInterval? Map);
