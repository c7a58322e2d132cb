using System.Globalization;
using System.Text;
using Deploy.Configuration.Binding;

namespace Deploy.Configuration;

/// <summary>The tables of docs/config.md: every key with its values, default and meaning.</summary>
public static class ConfigReference
{
    /// <summary>Markdown: a heading and a table for each section, in the order of the records.</summary>
    public static string Generate()
    {
        var text = new StringBuilder();
        Append(text, typeof(DeployConfig), Activator.CreateInstance<DeployConfig>(), "");
        return text.ToString();
    }

    private static void Append(StringBuilder text, Type record, object defaults, string path)
    {
        var keys = ConfigKeys.Of(record);
        text.Append('\n').Append("### ").Append(path.Length == 0 ? "Top level" : $"`{path}`").Append("\n\n");
        text.Append("| key | values | default | meaning |\n|---|---|---|---|\n");
        foreach (var key in keys)
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{key.Name}` | {Values(key)} | {Default(key, defaults)} | {Escape(Meaning(key))} |\n");
        }

        foreach (var key in keys)
        {
            if (Inner(key.Type) is { } section)
            {
                var inner = path.Length == 0 ? key.Name : $"{path}.{key.Name}";
                var value = section == key.Type ? key.Property.GetValue(defaults) : null;
                Append(text, section, value ?? Activator.CreateInstance(section)!, section == key.Type ? inner : inner + ".*");
            }
        }
    }

    private static string Meaning(ConfigKey key) => key.AlsoAccepts is { } also ? $"{key.Description} Also {also.Description}." : key.Description;

    private static string Default(ConfigKey key, object defaults)
    {
        var value = key.Property.GetValue(defaults);
        return value switch
        {
            null when key.Required => "required",
            null => key.AutoIsNull ? "`auto`" : "`null`",
            "" => "see right",
            _ when Inner(key.Type) == key.Type => "below",
            _ => $"`{ConfigOrigin.Show(value)}`",
        };
    }

    private static string Values(ConfigKey key)
    {
        var type = key.Type;
        var many = "";
        while (ConfigKeys.ItemType(type) is not null || ConfigKeys.ValueType(type) is not null)
        {
            many += ConfigKeys.ItemType(type) is null ? "name to " : "list of ";
            type = ConfigKeys.ItemType(type) ?? ConfigKeys.ValueType(type)!;
        }

        var one = key.Allowed is { } allowed ? string.Join(", ", allowed.Select(item => $"`{item}`"))
            : key.Form is { } form ? Escape(form.Meaning)
            : key.IsPath ? "path"
            : key.FileExtension is { } extension ? "name" + extension
            : ConfigKeys.IsSection(type) ? "section"
            : type == typeof(string) ? "text"
            : type == typeof(bool) ? "`true`, `false`"
            : Number(type, key);
        return many + one;
    }

    private static string Number(Type type, ConfigKey key)
    {
        var kind = type == typeof(int) || type == typeof(long) ? "whole number" : "number";
        var least = key.Minimum is { } minimum ? string.Create(CultureInfo.InvariantCulture, $" {(key.MinimumIsExclusive ? ">" : "≥")} {minimum}") : "";
        var most = key.Maximum is { } maximum and not int.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"{(least.Length > 0 ? "," : "")} ≤ {maximum}") : "";
        return kind + least + most;
    }

    private static Type? Inner(Type type) =>
        ConfigKeys.IsSection(type) ? type : ConfigKeys.ItemType(type) is { } item ? Inner(item) : ConfigKeys.ValueType(type) is { } value ? Inner(value) : null;

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
