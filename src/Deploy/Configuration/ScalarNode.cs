using Quant.Core.Diagnostics;

namespace Deploy.Configuration;

/// <summary>A single value.</summary>
/// <param name="Text">As written, without quotes.</param>
/// <param name="IsPlain">False for quoted text, which is never null, a number or a boolean.</param>
/// <param name="Location">Where the value starts.</param>
/// <param name="Folder">Folder of relative paths.</param>
public sealed record ScalarNode(string Text, bool IsPlain, SourceLocation Location, string Folder) : ConfigNode(Location, Folder)
{
    /// <summary>YAML 1.2's null: nothing, <c>~</c> or <c>null</c>.</summary>
    public bool IsNull => IsPlain && Text is ("" or "~" or "null" or "Null" or "NULL");
}
