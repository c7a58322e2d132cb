using System.Globalization;
using Quant.Core.Diagnostics;

namespace Deploy.Pipeline;

/// <summary>One of several machines that share the calibration frames.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Count">How many there are.</param>
public sealed record ShardNumber(int Index, int Count)
{
    /// <summary>Reads <c>i/n</c> with 0 ≤ i &lt; n.</summary>
    /// <exception cref="QuantException">QNT0352 another form.</exception>
    public static ShardNumber Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('/');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && index < count
            ? new ShardNumber(index, count)
            : throw new QuantException(DiagnosticCodes.ShardSettings, $"--shard '{text}' is not i/n with 0 <= i < n; the first of four shards is 0/4");
    }
}
