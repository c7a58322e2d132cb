namespace Deploy.Datasets.Points;

/// <summary>Points of one frame while they are gathered: rows of the used columns.</summary>
internal sealed class PointBuffer(int columns)
{
    private float[] values = [];
    private int length;

    public int Count => length / columns;

    /// <summary>Makes room for that many more points.</summary>
    public void Reserve(int points)
    {
        if (values.Length - length < points * columns)
        {
            Array.Resize(ref values, length + (points * columns));
        }
    }

    /// <summary>The next row, to be filled.</summary>
    public Span<float> Next()
    {
        length += columns;
        return values.AsSpan(length - columns, columns);
    }

    /// <summary>Takes the last row back.</summary>
    public void Undo() => length -= columns;

    public float[] ToArray()
    {
        Array.Resize(ref values, length);
        return values;
    }
}
