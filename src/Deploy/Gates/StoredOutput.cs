using System.Text.Json.Serialization;

namespace Deploy.Gates;

/// <summary>One output of compare.json.</summary>
public sealed record StoredOutput
{
    /// <summary>Name.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The scored difference; null when nothing was scored.</summary>
    [JsonPropertyName("value")]
    public required double? Value { get; init; }

    /// <summary>Its limit.</summary>
    [JsonPropertyName("tolerance")]
    public required double Tolerance { get; init; }
}
