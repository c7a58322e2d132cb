using Quant.Core.Diagnostics;

namespace Deploy.Configuration.Reading;

/// <summary><c>--set key=value</c>: the last layer of a config.</summary>
internal static class Override
{
    /// <summary>The place that values of the command line name.</summary>
    public static readonly SourceLocation Place = new("<command line>");

    /// <summary>The tree that <c>a.b=value</c> stands for, or null when it is not of that form.</summary>
    /// <param name="text">Dotted key, <c>=</c>, YAML. A part of the key that holds dots is put in double quotes.</param>
    /// <param name="folder">Absolute folder of relative paths: the current one.</param>
    /// <param name="bag">Receives the problem.</param>
    public static MapNode? Parse(string text, string folder, DiagnosticBag bag)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var key = equals < 0 ? null : KeyPath.Split(text[..equals]);
        if (key is null || key[0] == "_base_")
        {
            bag.Error(DiagnosticCodes.BadOverride, $"--set '{Cut(text)}' is not key=value, as in --set quantization.calibration.num_batches=64", Place);
            return null;
        }

        var inner = new DiagnosticBag();
        var value = YamlReader.Read(text[(equals + 1)..], _ => Place, folder, inner) ?? new ScalarNode("null", IsPlain: true, Place, folder);
        if (inner.HasErrors)
        {
            bag.Error(DiagnosticCodes.BadOverride, $"--set {Cut(text)}: {string.Join("; ", inner.Items.Select(item => item.Message))}", Place);
            return null;
        }

        return (MapNode)key.Reverse().Aggregate(value, (node, part) => new MapNode([new MapEntry(part, Place, node)], Replaces: false, Place, folder));
    }

    private static string Cut(string text) => text.Length <= 120 ? text : text[..120] + "…";
}
