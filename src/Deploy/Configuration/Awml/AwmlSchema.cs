using System.Text.Json.Nodes;
using Deploy.Configuration.Reading;

namespace Deploy.Configuration.Awml;

/// <summary>Adds the training framework's keys and places to the schema.</summary>
internal static class AwmlSchema
{
    /// <summary>Adds every row of <see cref="AwmlTable"/> to the schema of the whole config.</summary>
    public static void AddTo(JsonObject root)
    {
        foreach (var key in AwmlTable.Keys)
        {
            PropertiesAt(root, key.Section)[key.Name] = Schema(key);
        }

        PropertiesAt(root, "model.pts_bbox_head")[AwmlValues.ClassNamesKey] = new JsonObject
        {
            ["description"] = "Short for one task: the class names in heatmap channel order.",
            ["type"] = "array",
            ["items"] = new JsonObject { ["type"] = "string" },
        };

        foreach (var move in AwmlTable.Moves)
        {
            var target = (JsonObject)PropertiesAt(root, Parent(move.To))[Last(move.To)]!.DeepClone();
            target["description"] = $"AWML's place of {move.To}.";
            PropertiesAt(root, Parent(move.From))[Last(move.From)] = target;
        }
    }

    private static JsonObject Schema(AwmlKey key) => key.Use switch
    {
        AwmlUse.Fixed => new JsonObject
        {
            ["description"] = "AWML: accepted with the implemented value.",
            ["enum"] = new JsonArray([.. key.Values.Select(Literal)]),
        },
        AwmlUse.Section => new JsonObject
        {
            ["description"] = "AWML.",
            ["type"] = key.Values.Contains("null") ? new JsonArray("object", "null") : "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(),
        },
        AwmlUse.Checked => new JsonObject { ["description"] = "AWML: must agree with what it repeats." },
        _ => new JsonObject { ["description"] = "AWML: accepted and not read." },
    };

    private static JsonNode Literal(string value)
    {
        var node = new ScalarNode(value, IsPlain: true, Override.Place, "");
        return Scalars.TryBool(node, out var flag) ? flag : Scalars.TryNumber(node, out var number) ? number : value;
    }

    /// <summary>The properties of the object at a dotted path; nullable sections keep theirs inside <c>anyOf</c>.</summary>
    private static JsonObject PropertiesAt(JsonObject root, string path)
    {
        var section = root;
        foreach (var part in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            section = (JsonObject)Properties(section)[part]!;
        }

        return Properties(section);
    }

    private static JsonObject Properties(JsonObject section) => (JsonObject)section["properties"]!;

    private static string Parent(string path) => path.LastIndexOf('.') is var dot and >= 0 ? path[..dot] : "";

    private static string Last(string path) => path[(path.LastIndexOf('.') + 1)..];
}
