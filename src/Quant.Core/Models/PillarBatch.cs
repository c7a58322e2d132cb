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

        int[] coordinates = [.. frames.SelectMany(frame => frame.Coordinates)];
        var row = 0;
        foreach (var (batch, frame) in frames.Index())
        {
            for (var pillar = 0; pillar < frame.Count; pillar++)
            {
                coordinates[4 * row++] = batch;
            }
        }

        // The features are tens of megabytes: whole arrays are copied, not values.
        var (features, at) = (GC.AllocateUninitializedArray<float>(frames.Sum(frame => frame.Features.Length)), 0);
        foreach (var frame in frames)
        {
            frame.Features.CopyTo(features, at);
            at += frame.Features.Length;
        }

        return new PillarBatch(features, coordinates, [.. frames.SelectMany(frame => frame.PointCounts)], frames[0].MaxPoints, frames[0].FeatureCount, frames.Count);
    }
}
