using Quant.Core.Diagnostics;

namespace Deploy.Configuration;

/// <summary>A sequence; merging replaces it as a whole.</summary>
/// <param name="Items">The values in order.</param>
/// <param name="Location">Where the sequence starts.</param>
/// <param name="Folder">Folder of relative paths.</param>
public sealed record ListNode(IReadOnlyList<ConfigNode> Items, SourceLocation Location, string Folder) : ConfigNode(Location, Folder);
