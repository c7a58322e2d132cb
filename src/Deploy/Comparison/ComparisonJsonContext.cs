using System.Text.Json.Serialization;

namespace Deploy.Comparison;

/// <summary>Serializers generated at build time.</summary>
[JsonSerializable(typeof(ComparisonReport))]
internal sealed partial class ComparisonJsonContext : JsonSerializerContext;
