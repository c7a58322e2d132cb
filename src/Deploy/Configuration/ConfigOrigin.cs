using System.Collections;
using System.Globalization;
using Deploy.Configuration.Binding;
using Deploy.Configuration.Reading;

namespace Deploy.Configuration;

/// <summary>Every effective value of a config and where it comes from.</summary>
public static class ConfigOrigin
{
    /// <summary>The origin of a value that was not written.</summary>
    public const string Default = "default";

    /// <summary>One row for each key, in the order of the sections: dotted key, value as YAML, and <c>file(line,col)</c>, <c>&lt;command line&gt;</c> or <c>default</c>.</summary>
    public static IReadOnlyList<(string Key, string Value, string Origin)> List(LoadedConfig c)
    {
        ArgumentNullException.ThrowIfNull(c);
        return [.. Rows(c.Config, "").Select(row => (row.Key, row.Value, c.LocationOf(row.Key)?.ToString() ?? Default))];
    }

    /// <summary>A value as YAML on one line.</summary>
    internal static string Show(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        string text => Quote(text),
        float number => number.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString(CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IDictionary map => $"{{{string.Join(", ", map.Keys.Cast<string>().Select(name => $"{Show(name)}: {Show(map[name])}"))}}}",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Show))}]",
        _ when ConfigKeys.IsSection(value.GetType()) =>
            $"{{{string.Join(", ", ConfigKeys.Of(value.GetType()).Select(key => $"{key.Name}: {Show(key.Property.GetValue(value))}"))}}}",
        _ => throw new ArgumentException($"{value.GetType()} is no config value", nameof(value)),
    };

    private static IEnumerable<(string Key, string Value)> Rows(object record, string path)
    {
        foreach (var key in ConfigKeys.Of(record.GetType()))
        {
            var full = KeyPath.Join(path, key.Name);
            var value = key.Property.GetValue(record);
            if (value is not null && ConfigKeys.IsSection(key.Type))
            {
                foreach (var row in Rows(value, full))
                {
                    yield return row;
                }
            }
            else if (value is IDictionary { Count: > 0 } map)
            {
                foreach (string name in map.Keys)
                {
                    yield return (KeyPath.Join(full, name), Show(map[name]));
                }
            }
            else
            {
                yield return (full, value is null && key.AutoIsNull ? "auto" : Show(value));
            }
        }
    }

    private static string Quote(string text)
    {
        var node = new ScalarNode(text, IsPlain: true, Override.Place, "");
        var plain = text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "_-./*+:".Contains(c, StringComparison.Ordinal))
            && !"-*:".Contains(text[0], StringComparison.Ordinal) && text[^1] != ':'
            && !node.IsNull && !Scalars.TryBool(node, out _) && !Scalars.TryNumber(node, out _);
        return plain ? text : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }
}
