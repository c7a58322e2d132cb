using System.Globalization;

namespace Quant.Core.Export;

/// <summary>A dimension of a graph input or output: a fixed size, a named dynamic size, or unknown.</summary>
/// <param name="Size">At least 1; null when dynamic.</param>
/// <param name="Symbol">The name of a dynamic dimension, such as <c>num_voxels</c>.</param>
public readonly record struct OnnxDimension(long? Size, string? Symbol)
{
    /// <summary>A size that is only known when the graph runs and has no name.</summary>
    public static OnnxDimension Unknown => default;

    /// <summary>A fixed size.</summary>
    public static OnnxDimension Fixed(long size) => new(size, null);

    /// <summary>A dynamic size with a name.</summary>
    public static OnnxDimension Dynamic(string symbol) => new(null, symbol);

    /// <summary>The size, the name, or <c>?</c>.</summary>
    public override string ToString() => Size?.ToString(CultureInfo.InvariantCulture) ?? Symbol ?? "?";
}
