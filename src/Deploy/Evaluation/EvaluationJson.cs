using System.Text.Encodings.Web;
using System.Text.Json;

namespace Deploy.Evaluation;

/// <summary>The stored forms evaluation.json and latency.json. The same result gives the same bytes.</summary>
public static class EvaluationJson
{
    private static readonly EvaluationJsonContext Context = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    });

    /// <summary>The text of evaluation.json.</summary>
    public static string Serialize(EvaluationReport report) => JsonSerializer.Serialize(report, Context.EvaluationReport) + "\n";

    /// <summary>The text of latency.json.</summary>
    public static string Serialize(LatencyReport report) => JsonSerializer.Serialize(report, Context.LatencyReport) + "\n";
}
