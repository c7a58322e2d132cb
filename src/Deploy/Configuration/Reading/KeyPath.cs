namespace Deploy.Configuration.Reading;

/// <summary>Dotted keys such as <c>quantization.calibration.num_bins</c>; a part that holds dots is quoted.</summary>
internal static class KeyPath
{
    /// <summary>The parts, or null when one is empty, a quote is not closed, or there are more than <see cref="YamlReader.MaxDepth"/>.</summary>
    public static IReadOnlyList<string>? Split(string text)
    {
        var parts = new List<string>();
        var rest = text.Trim();
        while (true)
        {
            var quoted = rest.StartsWith('"');
            var end = rest.IndexOf(quoted ? '"' : '.', quoted ? 1 : 0);
            if (quoted && end < 0)
            {
                return null;
            }

            var part = quoted ? rest[1..end] : end < 0 ? rest : rest[..end];
            rest = quoted ? rest[(end + 1)..] : end < 0 ? "" : rest[end..];
            if (part.Length == 0 || parts.Count == YamlReader.MaxDepth || (rest.Length > 0 && rest[0] != '.') || rest == ".")
            {
                return null;
            }

            parts.Add(part);
            if (rest.Length == 0)
            {
                return parts;
            }

            rest = rest[1..];
        }
    }

    /// <summary>The path of a key inside another.</summary>
    public static string Join(string path, string key)
    {
        var part = key.Contains('.', StringComparison.Ordinal) ? $"\"{key}\"" : key;
        return path.Length == 0 ? part : $"{path}.{part}";
    }
}
