using System.Text.Json.Serialization;

namespace Deploy.Gates;

/// <summary>One gate with its numbers.</summary>
public sealed record GateCheck
{
    /// <summary>Name of the threshold; <c>ap_drop_max.bus</c>, <c>bucket_drop_max.0-50</c>, <c>baseline.map_drop_max</c> where there are several.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The measurement; null when it is missing.</summary>
    [JsonPropertyName("value")]
    public required double? Value { get; init; }

    /// <summary>The threshold.</summary>
    [JsonPropertyName("limit")]
    public required double Limit { get; init; }

    /// <summary>What follows.</summary>
    [JsonPropertyName("verdict")]
    public required GateVerdict Verdict { get; init; }

    /// <summary>Lower end of the 95 % interval.</summary>
    [JsonPropertyName("low")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Low { get; init; }

    /// <summary>Upper end of the 95 % interval.</summary>
    [JsonPropertyName("high")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? High { get; init; }

    /// <summary>The numbers in words: points, milliseconds, factors.</summary>
    [JsonPropertyName("detail")]
    public required string Detail { get; init; }
}
