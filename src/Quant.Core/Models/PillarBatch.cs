namespace Quant.Core.Models;

/// <summary>What the voxel encoder reads for one frame, or for several joined ones.</summary>
/// <param name="Features">Decorated points [P, M, F], zero where a slot is empty.</param>
/// <param name="Coordinates">[P, 4] = (batch, z, y, x).</param>
/// <param name="PointCounts">[P], points kept in each pillar, 1…M.</param>
/// <param name="MaxPoints">M.</param>
/// <param name="FeatureCount">F: 9, 10 or 11.</param>
/// <param name="FrameCount">B: frames joined along the batch index.</param>
public sealed record PillarBatch(float[] Features, int[] Coordinates, int[] PointCounts, int MaxPoints, int FeatureCount, int FrameCount = 1)
{
    /// <summary>P, the number of non-empty pillars.</summary>
    public int Count => PointCounts.Length;

    /// <summary>Joins single frames; the batch index counts them.</summary>
    public static PillarBatch Join(IReadOnlyList<PillarBatch> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count == 1)
        {
            return frames[0];
        }

        var coordinates = frames.SelectMany((frame, batch) => frame.Coordinates.Select((value, index) => index % 4 == 0 ? batch : value));
        return new PillarBatch(
            [.. frames.SelectMany(frame => frame.Features)],
            [.. coordinates],
            [.. frames.SelectMany(frame => frame.PointCounts)],
            frames[0].MaxPoints,
            frames[0].FeatureCount,
            frames.Count);
    }
}
