using Deploy.Configuration.Awml;
using Deploy.Configuration.Binding;
using Quant.Core.Diagnostics;

namespace Deploy.Configuration.Checks;

/// <summary>What the checks across keys see: the records, the places, and which values are not to be trusted.</summary>
internal sealed class CheckContext(BindResult bound, MapNode root, IReadOnlyDictionary<string, ConfigNode> stated, DiagnosticBag bag)
{
    /// <summary>The records; members that failed hold defaults, required ones null.</summary>
    public DeployConfig Config => bound.Config;

    /// <summary>Values that repeat others, by dotted path.</summary>
    public IReadOnlyDictionary<string, ConfigNode> Stated => stated;

    /// <summary>True when none of the keys, nothing inside them and nothing around them failed to bind.</summary>
    public bool Usable(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (bound.Failed.Any(failure => failure == key || IsInside(failure, key) || IsInside(key, failure)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when the key was written.</summary>
    public bool IsWritten(string key) => Tree.Find(root, key) is not null;

    /// <summary>The place of a key's value, or of the nearest section around it that was written.</summary>
    public SourceLocation At(string key)
    {
        var entry = Tree.Find(root, key);
        var dot = key.LastIndexOf('.');
        return entry?.Value.Location ?? (dot < 0 ? root.Location : At(key[..dot]));
    }

    /// <summary>The place of one name in a mapping, or of the mapping.</summary>
    public SourceLocation AtName(string key, string name) =>
        (Tree.Find(root, key)?.Value as MapNode)?.Find(name)?.KeyLocation ?? At(key);

    /// <summary>The place of one item of a list, or of the list.</summary>
    public SourceLocation AtItem(string key, int index) =>
        Tree.Find(root, key)?.Value is ListNode list && index < list.Items.Count ? list.Items[index].Location : At(key);

    /// <summary>Reports an error at the key's place.</summary>
    public void Error(string code, string key, string message) => bag.Error(code, message, At(key));

    /// <summary>Reports an error at a place.</summary>
    public void Error(string code, SourceLocation at, string message) => bag.Error(code, message, at);

    private static bool IsInside(string path, string section) =>
        path.Length > section.Length && path.StartsWith(section, StringComparison.Ordinal) && path[section.Length] is ('.' or '[');
}
