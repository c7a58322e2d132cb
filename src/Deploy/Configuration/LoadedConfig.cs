using Deploy.Configuration.Reading;
using Quant.Core.Diagnostics;

namespace Deploy.Configuration;

/// <summary>A config that was read, merged, bound and checked.</summary>
/// <param name="Config">The records.</param>
/// <param name="Root">The merged tree with the keys of the records, each value at the place it was written.</param>
/// <param name="Files">The file and its bases, absolute, in the order they were met.</param>
/// <param name="Warnings">What does not stop a run.</param>
public sealed record LoadedConfig(DeployConfig Config, ConfigNode Root, IReadOnlyList<string> Files, IReadOnlyList<Diagnostic> Warnings)
{
    /// <summary>Where a key's value was written; null for a default and for a key that is not of the form <c>a.b</c>.</summary>
    /// <param name="dottedKey">Such as <c>quantization.calibration.num_bins</c>; a part that holds dots is put in double quotes.</param>
    public SourceLocation? LocationOf(string dottedKey)
    {
        ArgumentNullException.ThrowIfNull(dottedKey);
        return KeyPath.Split(dottedKey) is { } parts
            ? parts.Aggregate((ConfigNode?)Root, (node, part) => (node as MapNode)?.Find(part)?.Value)?.Location
            : null;
    }
}
