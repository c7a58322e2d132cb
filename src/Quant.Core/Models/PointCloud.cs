namespace Quant.Core.Models;

/// <summary>Points in row-major order, in the frame of the model's point cloud range.</summary>
/// <param name="Values">[N × Columns]: x, y, z in metres, then intensity and time lag (s) as the config's <c>use_dim</c> says.</param>
/// <param name="Columns">Values per point.</param>
public sealed record PointCloud(float[] Values, int Columns)
{
    /// <summary>N.</summary>
    public int Count => Values.Length / Columns;
}
