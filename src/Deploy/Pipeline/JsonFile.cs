using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Quant.Core.Diagnostics;

namespace Deploy.Pipeline;

/// <summary>Reads and writes the JSON files of a work directory: snake_case names, stable order, LF, no clock.</summary>
public static class JsonFile
{
    /// <summary>The options of every file.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>The text of a record.</summary>
    public static string Text<T>(T value) => JsonSerializer.Serialize(value, Options) + "\n";

    /// <summary>Writes a record under a temporary name and moves it.</summary>
    public static void Write<T>(string path, T value) => AtomicFile.Write(path, Text(value));

    /// <summary>Reads a record.</summary>
    /// <exception cref="QuantException">QNT0150: missing, not JSON, or of another form.</exception>
    public static T Read<T>(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<T>(stream, Options) ?? throw new JsonException("the file holds null");
        }
        catch (JsonException error)
        {
            var place = new SourceLocation(path, (int)(error.LineNumber ?? -1) + 1, (int)(error.BytePositionInLine ?? -1) + 1);
            throw new QuantException(DiagnosticCodes.UnreadableResult, $"this is not the expected result file: {error.Message}; run the stage that writes it again", place, error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new QuantException(DiagnosticCodes.UnreadableResult, "the file is missing; run the stage that writes it first", new SourceLocation(path), error);
        }
    }
}
