using System.Text.RegularExpressions;

namespace Quant.Core.Quantization;

/// <summary>
/// A config pattern over layer names. It matches a name or any dotted prefix of it; <c>*</c> stops at a dot, <c>**</c> does not.
/// </summary>
public sealed class LayerPattern
{
    private readonly Regex regex;

    /// <summary>Compiles a pattern such as <c>pts_backbone.blocks.0</c> or <c>pts_bbox_head.task_heads.*.heatmap</c>.</summary>
    public LayerPattern(string text)
    {
        Text = text;
        var expression = Regex.Escape(text).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", @"[^.]*", StringComparison.Ordinal);
        regex = new Regex($@"^(?:{expression})(?:\.|$)", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>True when the layer's name or one of its dotted prefixes fits.</summary>
    public bool Matches(string layer) => regex.IsMatch(layer);
}
