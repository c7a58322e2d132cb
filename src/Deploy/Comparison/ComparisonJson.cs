using System.Text.Encodings.Web;
using System.Text.Json;

namespace Deploy.Comparison;

/// <summary>The stored form compare.json. The same result gives the same bytes.</summary>
public static class ComparisonJson
{
    private static readonly ComparisonJsonContext Context = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    });

    /// <summary>The text of compare.json.</summary>
    public static string Serialize(ComparisonReport report) => JsonSerializer.Serialize(report, Context.ComparisonReport) + "\n";
}
