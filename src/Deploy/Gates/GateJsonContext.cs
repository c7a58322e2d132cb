using System.Text.Json.Serialization;

namespace Deploy.Gates;

/// <summary>Serializers generated at build time.</summary>
[JsonSerializable(typeof(GateReport))]
[JsonSerializable(typeof(StoredEvaluation))]
[JsonSerializable(typeof(StoredComparison))]
[JsonSerializable(typeof(StoredLatency))]
[JsonSerializable(typeof(StoredEngines))]
internal sealed partial class GateJsonContext : JsonSerializerContext;
