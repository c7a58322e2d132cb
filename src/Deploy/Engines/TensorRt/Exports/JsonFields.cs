using System.Globalization;
using System.Text.Json;

namespace Deploy.Engines.TensorRt.Exports;

/// <summary>Fields of the exported JSON, whatever their kind.</summary>
internal static class JsonFields
{
    /// <summary>A field's text, or null when it is missing or no text.</summary>
    public static string? Text(this JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
            {
                return value.GetString();
            }
        }

        return null;
    }

    /// <summary>A field's number, or null when it is missing or none.</summary>
    public static double? Number(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value.Number() : null;

    /// <summary>A number, also as text (<c>nan</c>, <c>-inf</c>); null for anything else.</summary>
    public static double? Number(this JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.GetDouble();
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var text = value.GetString()!.ToLowerInvariant();
        return text.TrimStart('-') switch
        {
            var word when word.StartsWith("nan", StringComparison.Ordinal) => double.NaN,
            var word when word.StartsWith("inf", StringComparison.Ordinal) => text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
        };
    }

    /// <summary>The items of an array field; none when it is missing.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, params string[] names)
    {
        foreach (var name in names)
        {
            if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array)
            {
                return value.EnumerateArray();
            }
        }

        return [];
    }
}
