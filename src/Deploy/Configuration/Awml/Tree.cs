namespace Deploy.Configuration.Awml;

/// <summary>Looks up, removes and inserts nodes by path; every function returns a new tree.</summary>
internal static class Tree
{
    /// <summary>The entry at a path of plain keys, or null.</summary>
    public static MapEntry? Find(ConfigNode? root, string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var entry = (root as MapNode)?.Find(dot < 0 ? path : path[..dot]);
        return dot < 0 ? entry : Find(entry?.Value, path[(dot + 1)..]);
    }

    /// <summary>The tree without the entry at a path of plain keys.</summary>
    public static MapNode Remove(MapNode root, string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            return root.Without(path);
        }

        return root.Find(path[..dot]) is { Value: MapNode inner } entry
            ? root.With(entry with { Value = Remove(inner, path[(dot + 1)..]) })
            : root;
    }

    /// <summary>The tree with a value at a path of plain keys; mappings on the way are made where they are missing.</summary>
    /// <returns>Null when something that is not a mapping stands in the way.</returns>
    public static MapNode? Put(MapNode root, string path, MapEntry entry)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            return root.With(entry with { Key = path });
        }

        var old = root.Find(path[..dot]) ?? new MapEntry(path[..dot], entry.KeyLocation, new MapNode([], Replaces: false, entry.KeyLocation, root.Folder));
        return old.Value is MapNode inner && Put(inner, path[(dot + 1)..], entry) is { } changed
            ? root.With(old with { Value = changed })
            : null;
    }
}
