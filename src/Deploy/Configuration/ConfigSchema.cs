using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Deploy.Configuration.Awml;
using Deploy.Configuration.Binding;

namespace Deploy.Configuration;

/// <summary>
/// The JSON schema of a config file (draft 2020-12), for editors. No key is required there, because a file may inherit it;
/// what is missing after merging is the loader's to say.
/// </summary>
public static class ConfigSchema
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The schema as indented JSON with a final newline.</summary>
    public static string Generate()
    {
        var root = Section(typeof(DeployConfig));
        var properties = (JsonObject)root["properties"]!;
        properties.Insert(0, "_base_", new JsonObject
        {
            ["description"] = "File or files to inherit from, relative to this one; mappings merge, lists replace.",
            ["type"] = new JsonArray("string", "array", "null"),
            ["items"] = new JsonObject { ["type"] = "string" },
        });
        AwmlSchema.AddTo(root);
        var document = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Deployment config",
        };
        foreach (var (name, value) in root.ToList())
        {
            root.Remove(name);
            document[name] = value;
        }

        return document.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Section(Type record)
    {
        var properties = new JsonObject();
        foreach (var key in ConfigKeys.Of(record))
        {
            properties[key.Name] = Property(key);
        }

        properties["_delete_"] = new JsonObject { ["description"] = "true drops what this mapping would inherit.", ["type"] = "boolean" };
        return new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
    }

    private static JsonObject Property(ConfigKey key)
    {
        var schema = Value(key.Type, key);
        if (key.Length is { } length)
        {
            schema["minItems"] = length.Least;
            schema["maxItems"] = length.Most;
        }

        var forms = new List<JsonNode>();
        if (key.Nullable && !key.AutoIsNull)
        {
            forms.Add(new JsonObject { ["type"] = "null" });
        }

        if (key.AutoIsNull)
        {
            forms.Add(new JsonObject { ["enum"] = new JsonArray("auto", null) });
        }

        if (key.AlsoAccepts is { } also)
        {
            forms.Add(JsonNode.Parse(also.Schema)!);
        }

        var result = forms.Count == 0 ? schema : new JsonObject { ["anyOf"] = new JsonArray([schema, .. forms]) };
        result.Insert(0, "description", key.Description);
        return result;
    }

    private static JsonObject Value(Type type, ConfigKey key)
    {
        if (ConfigKeys.IsSection(type))
        {
            return Section(type);
        }

        if (ConfigKeys.ItemType(type) is { } item)
        {
            return new JsonObject { ["type"] = "array", ["items"] = Value(item, key) };
        }

        if (ConfigKeys.ValueType(type) is { } value)
        {
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = Value(value, key) };
        }

        if (key.Allowed is { } allowed)
        {
            return new JsonObject { ["enum"] = new JsonArray([.. Spellings(allowed).Select(text => (JsonNode)text)]) };
        }

        return type == typeof(string) ? Text(key) : type == typeof(bool) ? new JsonObject { ["type"] = "boolean" } : Number(type, key);
    }

    /// <summary>Text that YAML reads as a boolean is allowed as one.</summary>
    private static IEnumerable<JsonNode> Spellings(IReadOnlyList<string> allowed) => allowed.SelectMany(text =>
        text is "true" or "false" ? [JsonValue.Create(text), JsonValue.Create(text == "true")] : new JsonNode[] { JsonValue.Create(text) });

    private static JsonObject Text(ConfigKey key)
    {
        // Unquoted numbers are text where text is wanted.
        var schema = new JsonObject { ["type"] = new JsonArray("string", "number"), ["minLength"] = 1 };
        if (key.Form is { } form)
        {
            schema["pattern"] = form.Pattern;
        }
        else if (key.FileExtension is { } extension)
        {
            schema["pattern"] = "^[^/\\\\:]+" + extension.Replace(".", "\\.", StringComparison.Ordinal) + "$";
        }

        return schema;
    }

    private static JsonObject Number(Type type, ConfigKey key)
    {
        var whole = type == typeof(int) || type == typeof(long);
        var schema = new JsonObject { ["type"] = whole ? "integer" : "number" };
        if (key.Minimum is { } least)
        {
            schema[key.MinimumIsExclusive ? "exclusiveMinimum" : "minimum"] = Literal(least);
        }

        if (key.Maximum is { } most)
        {
            schema["maximum"] = Literal(most);
        }

        return schema;
    }

    private static JsonNode Literal(double value) => value == (long)value ? (long)value : value;
}
