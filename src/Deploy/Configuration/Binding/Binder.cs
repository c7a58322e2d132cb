using System.Collections;
using System.Globalization;
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

        foreach (var key in keys.Where(key => key.Required && map.Find(key.Name) is null && key.Property.GetValue(record) is null))
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

        if (key.Nullable && node is ScalarNode { IsPlain: true, Text: "None" })
        {
            Fail(path, DiagnosticCodes.WrongType, $"{path} is Python's None; write null, or remove the key", node);
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
            not ScalarNode => Fail(path, DiagnosticCodes.WrongType, $"{path} must be {ScalarBinder.Name(type)}, not {Scalars.Show(node)}", node),
            ScalarNode { IsNull: true } => Fail(path, DiagnosticCodes.WrongType, $"{path} cannot be null", node),
            ScalarNode scalar => BindScalar(type, key, scalar, path),
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

    private object? BindScalar(Type type, ConfigKey key, ScalarNode node, string path)
    {
        var (value, code, problem) = ScalarBinder.Bind(type, key, node);
        return problem is null ? value : Fail(path, code!, $"{path} {problem}", node);
    }

    private string? Fail(string path, string code, string message, ConfigNode node)
    {
        failed.Add(path);
        bag.Error(code, message, node.Location);
        return null;
    }
}
