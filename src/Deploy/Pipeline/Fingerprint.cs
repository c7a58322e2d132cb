using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Deploy.Pipeline;

/// <summary>SHA-256 of files and records: what decides whether a stage is fresh.</summary>
public static class Fingerprint
{
    /// <summary>Lower-case hex digest of a file's bytes.</summary>
    public static string OfFile(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Digest of a text.</summary>
    public static string OfText(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Digest of a record's JSON form.</summary>
    public static string OfRecord<T>(T value) => OfText(JsonSerializer.Serialize(value, JsonFile.Options));

    /// <summary>Digest of many files in the given order, by content.</summary>
    public static string OfFiles(IEnumerable<string> paths) => OfText(string.Join('\n', paths.Select(path => $"{Path.GetFileName(path)} {OfFile(path)}")));
}
