using System.Text.Json;
using Quant.Core.Diagnostics;

namespace Deploy.Pipeline;

/// <summary>What this program was built with, from the deps.json that the SDK writes beside it.</summary>
public static class ToolPackages
{
    private const string HashPrefix = "sha512-";

    /// <summary>The file beside this program.</summary>
    public static string File { get; } = Path.ChangeExtension(typeof(ToolPackages).Assembly.Location, ".deps.json");

    /// <summary>Reads a deps.json, by name.</summary>
    /// <exception cref="QuantException">QNT0936: it is missing or of another form.</exception>
    public static IReadOnlyList<ToolPackage> Read(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(file));
            var target = document.RootElement.GetProperty("targets").GetProperty(document.RootElement.GetProperty("runtimeTarget").GetProperty("name").GetString()!);
            return
            [
                .. document.RootElement.GetProperty("libraries").EnumerateObject()
                    .Select(library => Of(library, target.GetProperty(library.Name)))
                    .OrderBy(package => package.Name, StringComparer.Ordinal),
            ];
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new QuantException(DiagnosticCodes.PackageListUnreadable, $"the list of this program's packages cannot be read: {error.Message}; install the program again", new SourceLocation(file), error);
        }
    }

    private static ToolPackage Of(JsonProperty library, JsonElement target)
    {
        var parts = library.Name.Split('/');
        if (parts.Length != 2)
        {
            throw new FormatException($"'{library.Name}' is no name with version");
        }

        var hash = library.Value.GetProperty("sha512").GetString() ?? "";
        return new ToolPackage(
            parts[0],
            parts[1],
            library.Value.GetProperty("type").GetString() == "package",
            hash.StartsWith(HashPrefix, StringComparison.Ordinal) ? Convert.ToBase64String(Convert.FromBase64String(hash[HashPrefix.Length..])) : null,
            target.TryGetProperty("dependencies", out var dependencies) ? [.. dependencies.EnumerateObject().Select(item => item.Name).Order(StringComparer.Ordinal)] : []);
    }
}
