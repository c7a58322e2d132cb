using Deploy.Configuration.Binding;
using Deploy.Configuration.Reading;
using Quant.Core.Diagnostics;

namespace Deploy.Configuration.Awml;

/// <summary>Rewrites a tree with AWML's keys and places into one that holds only the keys of the records.</summary>
internal sealed class AwmlReader(DiagnosticBag bag)
{
    private readonly Dictionary<string, ConfigNode> stated = [];

    /// <summary>The rewritten tree, and the values that only repeat others, by path.</summary>
    public static (MapNode Root, IReadOnlyDictionary<string, ConfigNode> Stated) Read(MapNode root, DiagnosticBag bag)
    {
        var reader = new AwmlReader(bag);
        foreach (var move in AwmlTable.Moves)
        {
            root = reader.Move(root, move);
        }

        root = reader.Strip(root, "");
        return (AwmlValues.Rewrite(root, bag), reader.stated);
    }

    private MapNode Move(MapNode root, AwmlMove move)
    {
        if (Tree.Find(root, move.From) is not { } entry)
        {
            return root;
        }

        var rest = Tree.Remove(root, move.From);
        return Insert(rest, move.To, entry) ?? root;
    }

    /// <summary>Inserts a value, key by key where both are mappings; an equal one already there is kept, another is a contradiction.</summary>
    private MapNode? Insert(MapNode root, string path, MapEntry entry)
    {
        var old = Tree.Find(root, path);
        if (old is null || old.Value is ScalarNode { IsNull: true })
        {
            return Tree.Put(root, path, entry);
        }

        if (old.Value is MapNode && entry.Value is MapNode map)
        {
            return map.Entries.Aggregate((MapNode?)root, (tree, item) => tree is null ? null : Insert(tree, $"{path}.{item.Key}", item));
        }

        if (!Scalars.Same(old.Value, entry.Value))
        {
            bag.Error(
                DiagnosticCodes.Contradiction,
                $"{entry.Key} is {Scalars.Show(entry.Value)} here and {Scalars.Show(old.Value)} at {old.Value.Location}; both mean {path}, keep one",
                entry.Value.Location);
        }

        return root;
    }

    /// <summary>Takes every key of the table out of the tree, checking those that must hold an implemented value.</summary>
    private MapNode Strip(MapNode map, string path)
    {
        var kept = new List<MapEntry>();
        foreach (var entry in map.Entries)
        {
            var full = KeyPath.Join(path, entry.Key);
            if (AwmlTable.Find(full) is { } key)
            {
                Take(key, entry, full);
            }
            else
            {
                kept.Add(entry.Value is MapNode inner ? entry with { Value = Strip(inner, full) } : entry);
            }
        }

        return map with { Entries = kept };
    }

    private void Take(AwmlKey key, MapEntry entry, string path)
    {
        switch (key.Use)
        {
            case AwmlUse.Checked:
                stated[path] = entry.Value;
                break;
            case AwmlUse.Fixed when !key.Values.Any(value => Scalars.Same(entry.Value, new ScalarNode(value, IsPlain: true, entry.KeyLocation, ""))):
                bag.Error(
                    DiagnosticCodes.NotImplemented,
                    $"{path} is {Scalars.Show(entry.Value)}; implemented: {string.Join(", ", key.Values)}",
                    entry.Value.Location);
                break;
            case AwmlUse.Section when entry.Value is MapNode inner:
                TakeSection(inner, path);
                break;
            case AwmlUse.Section when !(entry.Value is ScalarNode { IsNull: true } && key.Values.Contains("null")):
                bag.Error(DiagnosticCodes.WrongType, $"{path} must be a mapping of keys to values, not {Scalars.Show(entry.Value)}", entry.Value.Location);
                break;
        }
    }

    private void TakeSection(MapNode map, string path)
    {
        foreach (var entry in map.Entries)
        {
            var full = KeyPath.Join(path, entry.Key);
            if (AwmlTable.Find(full) is { } key)
            {
                Take(key, entry, full);
            }
            else
            {
                bag.Error(DiagnosticCodes.UnknownKey, UnknownKeys.Message(entry.Key, path, []), entry.KeyLocation);
            }
        }
    }
}
