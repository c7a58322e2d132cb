namespace Quant.Core.Models;

/// <summary>What the voxel encoder reads for one frame.</summary>
/// <param name="Features">Decorated points [P, M, F], zero where a slot is empty.</param>
/// <param name="Coordinates">[P, 4] = (batch, z, y, x).</param>
/// <param name="PointCounts">[P], points kept in each pillar, 1…M.</param>
/// <param name="MaxPoints">M.</param>
/// <param name="FeatureCount">F: 9, 10 or 11.</param>
public sealed record PillarBatch(float[] Features, int[] Coordinates, int[] PointCounts, int MaxPoints, int FeatureCount)
{
    /// <summary>P, the number of non-empty pillars.</summary>
    public int Count => PointCounts.Length;
}
