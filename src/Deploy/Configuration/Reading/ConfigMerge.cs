namespace Deploy.Configuration.Reading;

/// <summary>
/// The merge of <c>_base_</c>: mappings merge deep, everything else is replaced. It is associative: a mapping that replaced
/// something else or says <c>_delete_: true</c> keeps that mark, so the order of folding bases does not matter.
/// </summary>
public static class ConfigMerge
{
    /// <summary>What a file that says <paramref name="over"/> inherits from <paramref name="below"/>.</summary>
    public static ConfigNode Merge(ConfigNode below, ConfigNode over)
    {
        if (over is not MapNode upper || upper.Replaces)
        {
            return over;
        }

        if (below is not MapNode lower)
        {
            return upper with { Replaces = true };
        }

        var changes = upper.Entries.ToDictionary(entry => entry.Key);
        var entries = new List<MapEntry>();
        foreach (var entry in lower.Entries)
        {
            entries.Add(changes.Remove(entry.Key, out var change) ? change with { Value = Merge(entry.Value, change.Value) } : entry);
        }

        entries.AddRange(upper.Entries.Where(entry => changes.ContainsKey(entry.Key)));
        return new MapNode(entries, lower.Replaces, upper.Location, upper.Folder);
    }
}
