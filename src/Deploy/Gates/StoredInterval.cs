using System.Text.Json.Serialization;

namespace Deploy.Gates;

/// <summary>A stored value with its 95 % interval.</summary>
public sealed record StoredInterval(
    [property: JsonPropertyName("value")] double? Value,
    [property: JsonPropertyName("low")] double? Low,
    [property: JsonPropertyName("high")] double? High);
