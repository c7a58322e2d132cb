using System.Text.Json.Serialization;

namespace Deploy.Evaluation;

/// <summary>Serializers generated at build time.</summary>
[JsonSerializable(typeof(EvaluationReport))]
[JsonSerializable(typeof(LatencyReport))]
internal sealed partial class EvaluationJsonContext : JsonSerializerContext;
