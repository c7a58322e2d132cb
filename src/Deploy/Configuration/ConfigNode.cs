using Quant.Core.Diagnostics;

namespace Deploy.Configuration;

/// <summary>A value of a config together with the place it was written at, kept through merging.</summary>
/// <param name="Location">File, line and column, or <c>&lt;command line&gt;</c>.</param>
/// <param name="Folder">Absolute folder that relative paths in this value start from.</param>
public abstract record ConfigNode(SourceLocation Location, string Folder);
