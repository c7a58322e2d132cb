using Quant.Core.Diagnostics;

namespace Deploy.Configuration;

/// <summary>A mapping with unique keys, in the order they were written.</summary>
/// <param name="Entries">The keys and values.</param>
/// <param name="Replaces">True when it drops what it would inherit (<c>_delete_: true</c>).</param>
/// <param name="Location">Where the mapping starts.</param>
/// <param name="Folder">Folder of relative paths.</param>
public sealed record MapNode(IReadOnlyList<MapEntry> Entries, bool Replaces, SourceLocation Location, string Folder)
    : ConfigNode(Location, Folder)
{
    /// <summary>The entry of a key, or null.</summary>
    public MapEntry? Find(string key) => Entries.FirstOrDefault(entry => entry.Key == key);

    /// <summary>A copy where the entry's key has the entry's value, at its old place or at the end.</summary>
    public MapNode With(MapEntry entry) => Find(entry.Key) is null
        ? this with { Entries = [.. Entries, entry] }
        : this with { Entries = [.. Entries.Select(old => old.Key == entry.Key ? entry : old)] };

    /// <summary>A copy without a key.</summary>
    public MapNode Without(string key) => this with { Entries = [.. Entries.Where(entry => entry.Key != key)] };
}
