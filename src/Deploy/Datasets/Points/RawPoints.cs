namespace Deploy.Datasets.Points;

/// <summary>A point file as it is: rows of float32.</summary>
internal sealed record RawPoints(float[] Values, int Columns)
{
    public int Count => Values.Length / Columns;
}
