using Quant.Core.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Deploy.Configuration.Reading;

/// <summary>
/// Turns YAML text into located nodes. It reads the event stream, so that the limits hold before a tree exists:
/// a config may come from a stranger.
/// </summary>
public sealed class YamlReader
{
    /// <summary>Mappings and sequences inside each other.</summary>
    public const int MaxDepth = 64;

    /// <summary>Keys and values of a file, the target of an alias counted as often as it is used.</summary>
    public const int MaxNodes = 20_000;

    private readonly Parser parser;
    private readonly Func<Mark, SourceLocation> locate;
    private readonly string folder;
    private readonly DiagnosticBag bag;
    private readonly Dictionary<AnchorName, (ConfigNode Node, int Size)> anchors = [];
    private int nodes;

    private YamlReader(string text, Func<Mark, SourceLocation> locate, string folder, DiagnosticBag bag)
    {
        parser = new Parser(new StringReader(text));
        this.locate = locate;
        this.folder = folder;
        this.bag = bag;
    }

    /// <summary>Reads one document.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="locate">Makes a place in the text a location.</param>
    /// <param name="folder">Absolute folder of relative paths.</param>
    /// <param name="bag">Receives every problem; duplicate keys do not stop the reading, the others do.</param>
    /// <returns>Null when the text holds no value or was not readable.</returns>
    public static ConfigNode? Read(string text, Func<Mark, SourceLocation> locate, string folder, DiagnosticBag bag)
    {
        var reader = new YamlReader(text, locate, folder, bag);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException error)
        {
            var (message, at) = YamlSyntaxText.Explain(error, text);
            bag.Error(DiagnosticCodes.YamlSyntax, message, locate(at));
            return null;
        }
        catch (QuantException error)
        {
            foreach (var item in error.Diagnostics)
            {
                bag.Error(item.Code, item.Message, item.Location);
            }

            return null;
        }
    }

    private ConfigNode? ReadDocument()
    {
        Next<StreamStart>();
        if (!Advance() || parser.Current is StreamEnd)
        {
            return null;
        }

        Advance();
        var root = ReadNode(depth: 0);
        Next<DocumentEnd>();
        Advance();
        if (parser.Current is DocumentStart second)
        {
            throw Fail(DiagnosticCodes.YamlFeature, "a second document ('---') starts here; a config is one document", second.Start);
        }

        return root is ScalarNode { IsNull: true } ? null : root;
    }

    /// <summary>Reads the node of the current event and leaves the parser on its last event.</summary>
    private ConfigNode ReadNode(int depth)
    {
        var start = parser.Current!.Start;
        if (depth > MaxDepth)
        {
            throw Fail(DiagnosticCodes.YamlLimit, $"nested deeper than {MaxDepth} levels", start);
        }

        Count(1, start);
        var before = nodes - 1;
        if (parser.Current is NodeEvent { Tag.IsEmpty: false } tagged)
        {
            throw Fail(DiagnosticCodes.YamlFeature, $"the tag '{tagged.Tag.Value}' is not supported; write the plain value", start);
        }

        switch (parser.Current)
        {
            case AnchorAlias alias:
                return Expand(alias);
            case Scalar scalar:
                return Remember(scalar, new ScalarNode(scalar.Value, scalar.Style == ScalarStyle.Plain, locate(start), folder), before);
            case SequenceStart sequence:
                return Remember(sequence, ReadList(depth), before);
            case MappingStart mapping:
                return Remember(mapping, ReadMap(depth), before);
            default:
                throw Fail(DiagnosticCodes.YamlSyntax, "a value is missing here", start);
        }
    }

    private ListNode ReadList(int depth)
    {
        var start = locate(parser.Current!.Start);
        var items = new List<ConfigNode>();
        while (Advance() && parser.Current is not SequenceEnd)
        {
            items.Add(ReadNode(depth + 1));
        }

        return new ListNode(items, start, folder);
    }

    private MapNode ReadMap(int depth)
    {
        var start = locate(parser.Current!.Start);
        var entries = new List<MapEntry>();
        var seen = new Dictionary<string, SourceLocation>();
        var replaces = false;
        while (Advance() && parser.Current is not MappingEnd)
        {
            var key = ReadKey();
            var at = locate(parser.Current.Start);
            Advance();
            var value = ReadNode(depth + 1);
            if (!seen.TryAdd(key, at))
            {
                bag.Error(DiagnosticCodes.DuplicateKey, $"the key '{key}' already stands at {seen[key]}; remove one of the two", at);
            }
            else if (key == "_delete_")
            {
                replaces = ReadDelete(value);
            }
            else
            {
                entries.Add(new MapEntry(key, at, value));
            }
        }

        return new MapNode(entries, replaces, start, folder);
    }

    private string ReadKey()
    {
        var at = parser.Current!.Start;
        if (parser.Current is not Scalar { Tag.IsEmpty: true } key)
        {
            throw Fail(DiagnosticCodes.YamlFeature, "a key must be plain text", at);
        }

        if (key is { Value: "<<", Style: ScalarStyle.Plain })
        {
            throw Fail(DiagnosticCodes.YamlFeature, "the merge key '<<' is not supported; put shared keys into a file named by _base_", at);
        }

        Count(1, at);
        return key.Value;
    }

    private bool ReadDelete(ConfigNode value)
    {
        if (Scalars.TryBool(value, out var delete))
        {
            return delete;
        }

        bag.Error(DiagnosticCodes.WrongType, "_delete_ must be true or false", value.Location);
        return false;
    }

    private ConfigNode Expand(AnchorAlias alias)
    {
        if (!anchors.TryGetValue(alias.Value, out var target))
        {
            throw Fail(DiagnosticCodes.YamlSyntax, $"the alias '*{alias.Value}' names no finished anchor before it", alias.Start);
        }

        Count(target.Size, alias.Start);
        return target.Node;
    }

    private ConfigNode Remember(NodeEvent source, ConfigNode node, int before)
    {
        if (!source.Anchor.IsEmpty)
        {
            anchors[source.Anchor] = (node, nodes - before);
        }

        return node;
    }

    private void Count(int added, Mark at)
    {
        nodes += added;
        if (nodes > MaxNodes)
        {
            throw Fail(DiagnosticCodes.YamlLimit, $"more than {MaxNodes} keys and values, aliases counted as often as used", at);
        }
    }

    private void Next<T>()
        where T : ParsingEvent
    {
        if (!Advance() || parser.Current is not T)
        {
            throw Fail(DiagnosticCodes.YamlSyntax, "the YAML ends or continues unexpectedly here", parser.Current?.Start ?? Mark.Empty);
        }
    }

    /// <summary>YamlDotNet's scanner ends some malformed scalars and escapes with general exceptions, without a place.</summary>
    private bool Advance()
    {
        var before = parser.Current?.End ?? new Mark(0, 1, 1);
        try
        {
            return parser.MoveNext();
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw Fail(DiagnosticCodes.YamlSyntax, "not valid YAML after this point", before);
        }
    }

    private QuantException Fail(string code, string message, Mark at) => new(code, message, locate(at));
}
