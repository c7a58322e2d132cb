using System.Globalization;

namespace Deploy.Configuration.Reading;

/// <summary>The YAML 1.2 core schema for plain values: <c>yes</c>, <c>on</c> and <c>1_000</c> are text, not booleans or numbers.</summary>
internal static class Scalars
{
    /// <summary>True for <c>true</c> and <c>false</c> in the three spellings of YAML, Python's among them.</summary>
    public static bool TryBool(ConfigNode node, out bool value)
    {
        value = node is ScalarNode { IsPlain: true, Text: "true" or "True" or "TRUE" };
        return value || node is ScalarNode { IsPlain: true, Text: "false" or "False" or "FALSE" };
    }

    /// <summary>A whole decimal number.</summary>
    public static bool TryInteger(ConfigNode node, out long value)
    {
        value = 0;
        return node is ScalarNode { IsPlain: true } scalar
            && long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>A finite number.</summary>
    public static bool TryNumber(ConfigNode node, out double value)
    {
        value = 0;
        return node is ScalarNode { IsPlain: true } scalar
            && double.TryParse(scalar.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)
            && double.IsFinite(value);
    }

    /// <summary>The same value: numbers by value, mappings and lists by their parts.</summary>
    public static bool Same(ConfigNode left, ConfigNode right) => (left, right) switch
    {
        (ScalarNode a, ScalarNode b) => (TryNumber(a, out var x) && TryNumber(b, out var y) && x == y)
            || (TryBool(a, out var p) && TryBool(b, out var q) && p == q)
            || (a.IsNull && b.IsNull) || (a.Text == b.Text && a.IsNull == b.IsNull),
        (ListNode a, ListNode b) => a.Items.Count == b.Items.Count && a.Items.Zip(b.Items).All(pair => Same(pair.First, pair.Second)),
        (MapNode a, MapNode b) => a.Entries.Count == b.Entries.Count
            && a.Entries.All(entry => b.Find(entry.Key) is { } other && Same(entry.Value, other.Value)),
        _ => false,
    };

    /// <summary>A value as a person would write it on one line, cut when long.</summary>
    public static string Show(ConfigNode node) => node switch
    {
        ScalarNode { IsNull: true } => "null",
        ScalarNode scalar => scalar.IsPlain ? Cut(scalar.Text) : $"\"{Cut(scalar.Text)}\"",
        ListNode list => $"a list of {list.Items.Count}",
        _ => "a mapping",
    };

    private static string Cut(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
