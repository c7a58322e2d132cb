using System.Text.Json.Serialization;

namespace Deploy.Gates;

/// <summary>Stored accuracy in one range (m).</summary>
public sealed record StoredBucket(
    [property: JsonPropertyName("min")] double Min,
    [property: JsonPropertyName("max")] double Max,
    [property: JsonPropertyName("mAP")] double? Map);
