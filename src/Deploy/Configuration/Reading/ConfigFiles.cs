using System.Text;
using Quant.Core.Diagnostics;
using YamlDotNet.Core;

namespace Deploy.Configuration.Reading;

/// <summary>Reads a config and the files it names by <c>_base_</c>, each once.</summary>
internal sealed class ConfigFiles(DiagnosticBag bag)
{
    /// <summary>Bytes of one file.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Files that inherit from each other in a chain.</summary>
    public const int MaxChain = 16;

    private const string BaseKey = "_base_";

    private readonly Dictionary<string, MapNode?> resolved = [];
    private readonly List<string> files = [];

    /// <summary>Absolute paths, in the order they were met: the file first.</summary>
    public IReadOnlyList<string> Files => files;

    /// <summary>The file merged over its bases, or null when one of them was not readable.</summary>
    public MapNode? Read(string path) => Resolve(Path.GetFullPath(path), namedAt: null, chain: []);

    private MapNode? Resolve(string path, SourceLocation? namedAt, IReadOnlyList<string> chain)
    {
        if (chain.Contains(path) || chain.Count >= MaxChain)
        {
            var steps = string.Join(" -> ", chain.Append(path).Select(Display));
            bag.Error(
                DiagnosticCodes.BaseCycle,
                chain.Contains(path) ? $"files inherit from each other in a circle: {steps}" : $"more than {MaxChain} files inherit in a chain: {steps}",
                namedAt);
            return null;
        }

        if (!resolved.TryGetValue(path, out var node))
        {
            node = ReadWithBases(path, namedAt, [.. chain, path]);
            resolved[path] = node;
        }

        return node;
    }

    private MapNode? ReadWithBases(string path, SourceLocation? namedAt, IReadOnlyList<string> chain)
    {
        var own = ReadFile(path, namedAt);
        if (own?.Find(BaseKey) is not { } entry)
        {
            return own;
        }

        ConfigNode? merged = null;
        var complete = true;
        foreach (var name in BaseNames(entry))
        {
            var basis = Resolve(Path.GetFullPath(name.Text, name.Folder), name.Location, chain);
            complete &= basis is not null;
            merged = basis is null ? merged : merged is null ? basis : ConfigMerge.Merge(merged, basis);
        }

        own = own.Without(BaseKey);
        return complete ? (MapNode)(merged is null ? own : ConfigMerge.Merge(merged, own)) : null;
    }

    private List<ScalarNode> BaseNames(MapEntry entry)
    {
        var names = new List<ScalarNode>();
        foreach (var node in entry.Value is ListNode list ? list.Items : [entry.Value])
        {
            if (node is ScalarNode { IsNull: false, Text.Length: > 0 } name && !name.Text.Contains('\0', StringComparison.Ordinal))
            {
                names.Add(name);
            }
            else
            {
                bag.Error(DiagnosticCodes.WrongType, "_base_ must be a file name or a list of file names", node.Location);
            }
        }

        return names;
    }

    private MapNode? ReadFile(string path, SourceLocation? namedAt)
    {
        var shown = Display(path);
        if (!File.Exists(path))
        {
            var kind = Directory.Exists(path) ? "is a folder" : "does not exist";
            bag.Error(
                namedAt is null ? DiagnosticCodes.ConfigUnreadable : DiagnosticCodes.BaseMissing,
                namedAt is null ? $"the config file {kind}" : $"the base file '{shown}' {kind}; _base_ is relative to the file that names it",
                namedAt ?? new SourceLocation(shown));
            return null;
        }

        files.Add(path);
        if (ReadText(path, shown) is not { } text)
        {
            return null;
        }

        var before = bag.Items.Count;
        var root = YamlReader.Read(text, at => At(shown, at), Path.GetDirectoryName(path)!, bag);
        switch (root)
        {
            case MapNode map:
                return map;
            case null when bag.Items.Count == before:
                bag.Error(DiagnosticCodes.ConfigUnreadable, "the file is empty; a config starts with keys such as 'model:'", new SourceLocation(shown, 1, 1));
                return null;
            case null:
                return null;
            default:
                bag.Error(DiagnosticCodes.WrongType, "a config is a mapping of keys to values, not a list or a single value", root.Location);
                return null;
        }
    }

    private string? ReadText(string path, string shown)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var buffer = new byte[MaxBytes + 1];
            var count = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (count > MaxBytes)
            {
                bag.Error(DiagnosticCodes.ConfigUnreadable, $"the file is larger than {MaxBytes / 1024} KiB; is it a config?", new SourceLocation(shown));
                return null;
            }

            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(buffer, 0, count);
            if (text.Contains('\0', StringComparison.Ordinal))
            {
                bag.Error(DiagnosticCodes.ConfigUnreadable, "the file is binary, not YAML text", new SourceLocation(shown));
                return null;
            }

            return text.TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            bag.Error(DiagnosticCodes.ConfigUnreadable, "the file is not UTF-8 text", new SourceLocation(shown));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            bag.Error(DiagnosticCodes.ConfigUnreadable, $"the file cannot be read: {error.Message}", new SourceLocation(shown));
        }

        return null;
    }

    private static SourceLocation At(string file, Mark mark) => new(file, (int)Math.Max(mark.Line, 1), (int)Math.Max(mark.Column, 1));

    /// <summary>Relative to the current folder where the file lies below it, absolute otherwise.</summary>
    private static string Display(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
