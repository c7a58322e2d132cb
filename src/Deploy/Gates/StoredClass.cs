using System.Text.Json.Serialization;

namespace Deploy.Gates;

/// <summary>Stored accuracy of one class.</summary>
public sealed record StoredClass([property: JsonPropertyName("AP")] double? Ap);
