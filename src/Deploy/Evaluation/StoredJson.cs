using System.Text.Json;
using Quant.Core.Diagnostics;

namespace Deploy.Evaluation;

/// <summary>Reads result files so that every defect ends in one coded line with its place.</summary>
internal static class StoredJson
{
    public static JsonDocument Open(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return JsonDocument.Parse(stream);
        }
        catch (JsonException exception)
        {
            throw new QuantException(
                DiagnosticCodes.DetectionsFileMalformed,
                $"not valid JSON: {exception.Message}",
                new SourceLocation(path, (int)(exception.LineNumber ?? 0) + 1, (int)(exception.BytePositionInLine ?? 0) + 1),
                exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new QuantException(DiagnosticCodes.DetectionsFileMalformed, $"cannot be read: {exception.Message}", new SourceLocation(path), exception);
        }
    }

    /// <summary>Numbers of an array of exactly <paramref name="count"/> finite numbers, else null.</summary>
    public static double[]? Numbers(JsonElement parent, string name, int count)
    {
        if (!Member(parent, name, JsonValueKind.Array, out var array) || array.GetArrayLength() != count)
        {
            return null;
        }

        var values = new double[count];
        var i = 0;
        foreach (var element in array.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetDouble(out values[i]) || !double.IsFinite(values[i++]))
            {
                return null;
            }
        }

        return values;
    }

    /// <summary>A member of the wanted kind.</summary>
    public static bool Member(JsonElement parent, string name, JsonValueKind kind, out JsonElement member)
    {
        member = default;
        return parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out member) && member.ValueKind == kind;
    }
}
