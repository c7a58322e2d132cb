using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deploy.Gates;

/// <summary>Verdicts as <c>pass</c>, <c>fail</c>, <c>inconclusive</c>, <c>missing</c>.</summary>
public sealed class GateVerdictConverter() : JsonStringEnumConverter<GateVerdict>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
