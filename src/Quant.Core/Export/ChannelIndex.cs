namespace Quant.Core.Export;

/// <summary>Maps a row-major element index to its position along one axis; always 0 without an axis.</summary>
internal readonly record struct ChannelIndex(long Inner, long Length)
{
    public static ChannelIndex Over(IReadOnlyList<long> shape, int? axis)
    {
        if (axis is not { } along)
        {
            return new ChannelIndex(1, 1);
        }

        var inner = 1L;
        for (var i = along + 1; i < shape.Count; i++)
        {
            inner *= shape[i];
        }

        return new ChannelIndex(inner, shape[along]);
    }

    public int Of(long element) => (int)(element / Inner % Length);
}
