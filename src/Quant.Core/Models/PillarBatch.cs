namespace Quant.Core.Models;

/// <summary>What the voxel encoder reads for one frame, or for several joined ones.</summary>
/// <param name="Points">Decorated points [N, F], pillar after pillar. Empty slots, three of four in a simulated 32-beam frame, are not kept.</param>
/// <param name="Coordinates">[P, 4] = (batch, z, y, x).</param>
/// <param name="PointCounts">[P], points kept in each pillar, 1…M; their sum is N.</param>
/// <param name="MaxPoints">M.</param>
/// <param name="FeatureCount">F: 9, 10 or 11.</param>
/// <param name="FrameCount">B: frames joined along the batch index.</param>
public sealed record PillarBatch(float[] Points, int[] Coordinates, int[] PointCounts, int MaxPoints, int FeatureCount, int FrameCount = 1)
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

        // Megabytes: whole arrays are copied, not values.
        var (points, at) = (GC.AllocateUninitializedArray<float>(frames.Sum(frame => frame.Points.Length)), 0);
        foreach (var frame in frames)
        {
            frame.Points.CopyTo(points, at);
            at += frame.Points.Length;
        }

        return new PillarBatch(points, coordinates, [.. frames.SelectMany(frame => frame.PointCounts)], frames[0].MaxPoints, frames[0].FeatureCount, frames.Count);
    }

    /// <summary>The encoder's input [P, M, F], zero where a slot is empty.</summary>
    public float[] Features()
    {
        var features = new float[Count * MaxPoints * FeatureCount];
        var next = 0;
        for (var pillar = 0; pillar < Count; pillar++)
        {
            var length = PointCounts[pillar] * FeatureCount;
            Points.AsSpan(next, length).CopyTo(features.AsSpan(pillar * MaxPoints * FeatureCount));
            next += length;
        }

        return features;
    }

    /// <summary>[N], the slot of P·M that each point fills.</summary>
    public int[] Slots()
    {
        var slots = GC.AllocateUninitializedArray<int>(PointCounts.Sum());
        var next = 0;
        for (var pillar = 0; pillar < Count; pillar++)
        {
            for (var slot = 0; slot < PointCounts[pillar]; slot++)
            {
                slots[next++] = (pillar * MaxPoints) + slot;
            }
        }

        return slots;
    }
}
