using System.Text.Json;
using Quant.Core.Diagnostics;

namespace Deploy.Datasets.Tables;

/// <summary>One object of a table, valid until the next one is read.</summary>
internal readonly struct TableRow(JsonElement element, TablePlace place)
{
    public TablePlace Place => place;

    /// <summary>A token or another text that must be there.</summary>
    public string Text(string name) => OptionalText(name) ?? throw Wrong(name, "a string");

    /// <summary>Null when the field is missing or null.</summary>
    public string? OptionalText(string name) => Has(name, out var value) ? Text(name, value) : null;

    public long Integer(string name) => Has(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
        ? number
        : throw Wrong(name, "a whole number");

    public int Count(string name, int absent) => !Has(name, out _) ? absent : (int)Math.Clamp(Integer(name), -1, int.MaxValue);

    public bool Boolean(string name) => Has(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? value.GetBoolean()
        : throw Wrong(name, "true or false");

    /// <summary>That many finite numbers.</summary>
    public double[] Numbers(string name, int count) => OptionalNumbers(name, count) ?? throw Wrong(name, $"{count} numbers");

    /// <summary>Null when the field is missing or null.</summary>
    public double[]? OptionalNumbers(string name, int count)
    {
        if (!Has(name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != count)
        {
            throw Wrong(name, $"{count} numbers");
        }

        var numbers = new double[count];
        for (var i = 0; i < count; i++)
        {
            var item = value[i];
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetDouble(out numbers[i]) || !double.IsFinite(numbers[i]))
            {
                throw Wrong(name, $"{count} finite numbers");
            }
        }

        return numbers;
    }

    /// <summary><c>translation</c> and <c>rotation</c> (w, x, y, z).</summary>
    public RigidTransform Pose()
    {
        var rotation = Numbers("rotation", 4);
        return rotation.All(part => Math.Abs(part) < 1e-9) ? throw Wrong("rotation", "a quaternion w, x, y, z that is not 0") : RigidTransform.From(Numbers("translation", 3), rotation);
    }

    public string[] Texts(string name)
    {
        if (!Has(name, out var value))
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Wrong(name, "a list of strings");
        }

        var texts = new string[value.GetArrayLength()];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = Text(name, value[i]);
        }

        return texts;
    }

    public QuantException Wrong(string name, string expected) =>
        new(DiagnosticCodes.DatasetTableInvalid, $"'{name}' must be {expected}; it is {Found(name)}", place.Locate());

    private string Found(string name) => !element.TryGetProperty(name, out var value) ? "missing" : value.ValueKind switch
    {
        JsonValueKind.Array => $"an array of {value.GetArrayLength()}",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a string",
        _ => value.GetRawText(),
    };

    private string Text(string name, JsonElement value)
    {
        try
        {
            return value.GetString() ?? throw Wrong(name, "a string");
        }
        catch (InvalidOperationException)
        {
            // Not a string, or one that is no valid Unicode.
            throw Wrong(name, "a string");
        }
    }

    private bool Has(string name, out JsonElement value) => element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
}
