using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using Deploy.Configuration.Reading;
using Quant.Core.Diagnostics;

namespace Deploy.Configuration.Binding;

/// <summary>Binds nodes to section records and reports every problem it meets; a wrong value leaves the default in place.</summary>
internal sealed class Binder(DiagnosticBag bag)
{
    private readonly HashSet<string> failed = [];

    /// <summary>Binds the whole tree.</summary>
    public static BindResult Bind(MapNode root, DiagnosticBag bag)
    {
        var binder = new Binder(bag);
        var config = Activator.CreateInstance<DeployConfig>();
        binder.Fill(config, root, "");
        return new BindResult(config, binder.failed);
    }

    private void Fill(object record, MapNode map, string path)
    {
        var keys = ConfigKeys.Of(record.GetType());
        foreach (var entry in map.Entries)
        {
            if (keys.FirstOrDefault(key => key.Name == entry.Key) is { } key)
            {
                BindKey(record, key, entry.Value, KeyPath.Join(path, key.Name));
            }
            else
            {
                bag.Error(DiagnosticCodes.UnknownKey, UnknownKeys.Message(entry.Key, path, keys), entry.KeyLocation);
            }
        }

        foreach (var key in keys.Where(key => key.Required && map.Find(key.Name) is null))
        {
            var full = KeyPath.Join(path, key.Name);
            failed.Add(full);
            bag.Error(DiagnosticCodes.MissingKey, $"{full} is missing: {key.Description}", map.Location);
        }
    }

    private void BindKey(object record, ConfigKey key, ConfigNode node, string path)
    {
        var isNull = node is ScalarNode { IsNull: true } || (key.AutoIsNull && node is ScalarNode { IsPlain: true, Text: "auto" });
        if (isNull)
        {
            if (key.Nullable)
            {
                key.Property.SetValue(record, null);
                return;
            }

            Fail(path, DiagnosticCodes.WrongType, $"{path} cannot be null; remove the key for its default", node);
            return;
        }

        var value = ConfigKeys.IsSection(key.Type)
            ? BindSection(key.Type, node, path, key.Property.GetValue(record))
            : BindValue(key.Type, key, node, path);
        if (value is not null)
        {
            key.Property.SetValue(record, value);
        }
    }

    private object? BindSection(Type type, ConfigNode node, string path, object? defaults)
    {
        if (node is not MapNode map)
        {
            return Fail(path, DiagnosticCodes.WrongType, $"{path} must be a mapping of keys to values, not {Scalars.Show(node)}", node);
        }

        var record = defaults ?? Activator.CreateInstance(type)!;
        Fill(record, map, path);
        return record;
    }

    private object? BindValue(Type type, ConfigKey key, ConfigNode node, string path)
    {
        if (ConfigKeys.IsSection(type))
        {
            return BindSection(type, node, path, defaults: null);
        }

        if (ConfigKeys.ItemType(type) is { } item)
        {
            return BindList(item, key, node, path);
        }

        if (ConfigKeys.ValueType(type) is { } value)
        {
            return BindMap(value, key, node, path);
        }

        return node switch
        {
            not ScalarNode => Fail(path, DiagnosticCodes.WrongType, $"{path} must be {Name(type)}, not {Scalars.Show(node)}", node),
            ScalarNode { IsNull: true } => Fail(path, DiagnosticCodes.WrongType, $"{path} cannot be null", node),
            ScalarNode scalar => type == typeof(string) ? BindText(key, scalar, path) : BindNumber(type, key, scalar, path),
        };
    }

    private Array? BindList(Type item, ConfigKey key, ConfigNode node, string path)
    {
        if (node is not ListNode list)
        {
            Fail(path, DiagnosticCodes.WrongType, $"{path} must be a list, not {Scalars.Show(node)}", node);
            return null;
        }

        // The count belongs to the outer list: items of nested lists have none of their own.
        if (key.Length is { } length && ConfigKeys.ItemType(key.Type) == item && (list.Items.Count < length.Least || list.Items.Count > length.Most))
        {
            var wanted = length.Least == length.Most ? $"{length.Least}" : $"{length.Least} to {length.Most}";
            Fail(path, DiagnosticCodes.OutOfRange, $"{path} has {list.Items.Count} values; it takes {wanted}", node);
            return null;
        }

        var result = Array.CreateInstance(item, list.Items.Count);
        var complete = true;
        for (var i = 0; i < result.Length; i++)
        {
            var value = BindValue(item, key, list.Items[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"));
            complete &= value is not null;
            result.SetValue(value, i);
        }

        return complete ? result : null;
    }

    private IDictionary? BindMap(Type valueType, ConfigKey key, ConfigNode node, string path)
    {
        if (node is not MapNode map)
        {
            Fail(path, DiagnosticCodes.WrongType, $"{path} must be a mapping of names to values, not {Scalars.Show(node)}", node);
            return null;
        }

        var result = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), valueType))!;
        foreach (var entry in map.Entries)
        {
            if (BindValue(valueType, key, entry.Value, KeyPath.Join(path, entry.Key)) is { } value)
            {
                result.Add(entry.Key, value);
            }
        }

        return result;
    }

    private string? BindText(ConfigKey key, ScalarNode node, string path)
    {
        var text = node.Text;
        if (key.Allowed is { } allowed && !allowed.Contains(text))
        {
            var near = Spelling.Nearest(text, allowed) is { } guess ? $"; did you mean '{guess}'?" : "";
            return Fail(path, DiagnosticCodes.NotAllowed, $"{path} is '{Scalars.Show(node)}'; allowed: {string.Join(", ", allowed)}{near}", node);
        }

        if (text.Trim().Length == 0 || text.Any(char.IsControl))
        {
            return Fail(path, DiagnosticCodes.OutOfRange, $"{path} must be visible text, not empty or with control characters", node);
        }

        if (key.Form is { } form && !Regex.IsMatch(text, form.Pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)))
        {
            return Fail(path, DiagnosticCodes.NotAllowed, $"{path} is '{Scalars.Show(node)}'; it takes {form.Meaning}", node);
        }

        if (key.FileExtension is { } extension && !IsFileName(text, extension))
        {
            var ending = extension.Length == 0 ? "" : $" that ends with {extension}";
            return Fail(path, DiagnosticCodes.NotAllowed, $"{path} is '{Scalars.Show(node)}'; it takes a name without folders{ending}", node);
        }

        return key.IsPath ? Path.GetFullPath(text, node.Folder) : text;
    }

    private static bool IsFileName(string text, string extension) =>
        text.IndexOfAny(['/', '\\', ':']) < 0 && text is not ("." or "..")
        && text.EndsWith(extension, StringComparison.Ordinal) && text.Length > extension.Length;

    private object? BindNumber(Type type, ConfigKey key, ScalarNode node, string path)
    {
        if (type == typeof(bool))
        {
            return Scalars.TryBool(node, out var flag) ? flag : Fail(path, DiagnosticCodes.WrongType, $"{path} must be true or false, not '{Scalars.Show(node)}'", node);
        }

        var whole = type == typeof(int) || type == typeof(long);
        var integer = 0L;
        var number = 0d;
        if (whole ? !Scalars.TryInteger(node, out integer) : !Scalars.TryNumber(node, out number))
        {
            return Fail(path, DiagnosticCodes.WrongType, $"{path} must be {Name(type)}, not '{Scalars.Show(node)}'", node);
        }

        number = whole ? integer : number;
        if (number < key.Minimum || number > key.Maximum || (key.MinimumIsExclusive && number == key.Minimum)
            || (type == typeof(int) && integer != (int)integer))
        {
            return Fail(path, DiagnosticCodes.OutOfRange, $"{path} is {Scalars.Show(node)}; it must be {Bounds(key)}", node);
        }

        return type == typeof(long) ? integer : Convert.ChangeType(whole ? integer : number, type, CultureInfo.InvariantCulture);
    }

    private static string Bounds(ConfigKey key) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(key.MinimumIsExclusive ? "above" : "at least")} {key.Minimum ?? int.MinValue} and at most {key.Maximum ?? int.MaxValue}");

    private static string Name(Type type) =>
        type == typeof(string) ? "text" : type == typeof(bool) ? "true or false" : type == typeof(int) || type == typeof(long) ? "a whole number" : "a number";

    private string? Fail(string path, string code, string message, ConfigNode node)
    {
        failed.Add(path);
        bag.Error(code, message, node.Location);
        return null;
    }
}
