namespace Quant.Core.Models;

/// <summary>
/// Deterministic hard voxelization and feature decoration of one frame, as mmcv's CPU <c>hard_voxelize</c> and MMDetection3D's
/// <c>PillarFeatureNet</c> (legacy=False): pillars in order of their first point, the first M points of each, zero padding.
/// </summary>
public static class Voxelizer
{
    /// <summary>Turns points into decorated pillars.</summary>
    /// <param name="points">At least x, y, z first; columns as many as <see cref="VoxelEncoderConfig.InChannels"/>.</param>
    /// <param name="model">Range, voxel size, M and the pillar limit.</param>
    /// <returns>
    /// Features in the order [raw…, offsets to the points' mean (x, y, z), offsets to the pillar's centre (x, y[, z])] in metres,
    /// empty slots zero. Points outside the range are dropped.
    /// </returns>
    public static PillarBatch Voxelize(PointCloud points, ModelConfig model)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(model);
        var columns = points.Columns;
        var (gridX, gridY, maxPoints) = (model.GridX, model.GridY, model.MaxNumPoints);
        var gridZ = (int)MathF.Round((model.PointCloudRange[5] - model.PointCloudRange[2]) / model.VoxelSize[2]);
        var (minX, minY, minZ) = (model.PointCloudRange[0], model.PointCloudRange[1], model.PointCloudRange[2]);
        var (sizeX, sizeY, sizeZ) = (model.VoxelSize[0], model.VoxelSize[1], model.VoxelSize[2]);

        var pillarOfCell = new Dictionary<int, int>();
        var cells = new List<int>();
        var counts = new List<int>();
        var slots = new List<int>();
        for (var point = 0; point < points.Count; point++)
        {
            var at = point * columns;
            var x = (int)MathF.Floor((points.Values[at] - minX) / sizeX);
            var y = (int)MathF.Floor((points.Values[at + 1] - minY) / sizeY);
            var z = (int)MathF.Floor((points.Values[at + 2] - minZ) / sizeZ);
            if ((uint)x >= (uint)gridX || (uint)y >= (uint)gridY || (uint)z >= (uint)gridZ)
            {
                continue;
            }

            var cell = (((z * gridY) + y) * gridX) + x;
            if (!pillarOfCell.TryGetValue(cell, out var pillar))
            {
                if (cells.Count >= model.MaxVoxels)
                {
                    continue;
                }

                pillar = cells.Count;
                pillarOfCell.Add(cell, pillar);
                cells.Add(cell);
                counts.Add(0);
                slots.AddRange(Enumerable.Repeat(-1, maxPoints));
            }

            if (counts[pillar] < maxPoints)
            {
                slots[(pillar * maxPoints) + counts[pillar]++] = point;
            }
        }

        var coordinates = new int[cells.Count * 4];
        for (var pillar = 0; pillar < cells.Count; pillar++)
        {
            coordinates[(pillar * 4) + 1] = cells[pillar] / (gridX * gridY);
            coordinates[(pillar * 4) + 2] = cells[pillar] / gridX % gridY;
            coordinates[(pillar * 4) + 3] = cells[pillar] % gridX;
        }

        var features = Decorate(points, model, coordinates, counts, slots);
        return new PillarBatch(features, coordinates, [.. counts], maxPoints, model.PtsVoxelEncoder.DecoratedChannels);
    }

    private static float[] Decorate(PointCloud points, ModelConfig model, int[] coordinates, List<int> counts, List<int> slots)
    {
        var (columns, channels, maxPoints) = (points.Columns, model.PtsVoxelEncoder.DecoratedChannels, model.MaxNumPoints);
        var centers = model.PtsVoxelEncoder.CenterOffsets;
        var features = new float[counts.Count * maxPoints * channels];
        Span<float> mean = stackalloc float[3];
        Span<float> center = stackalloc float[3];
        for (var pillar = 0; pillar < counts.Count; pillar++)
        {
            for (var axis = 0; axis < 3; axis++)
            {
                var sum = 0.0;
                for (var slot = 0; slot < counts[pillar]; slot++)
                {
                    sum += points.Values[(slots[(pillar * maxPoints) + slot] * columns) + axis];
                }

                mean[axis] = (float)(sum / counts[pillar]);
                var size = model.VoxelSize[axis];
                center[axis] = (coordinates[(pillar * 4) + 3 - axis] * size) + ((size / 2) + model.PointCloudRange[axis]);
            }

            for (var slot = 0; slot < counts[pillar]; slot++)
            {
                var raw = points.Values.AsSpan(slots[(pillar * maxPoints) + slot] * columns, columns);
                var feature = features.AsSpan(((pillar * maxPoints) + slot) * channels, channels);
                raw.CopyTo(feature);
                for (var axis = 0; axis < 3; axis++)
                {
                    feature[columns + axis] = raw[axis] - mean[axis];
                }

                for (var axis = 0; axis < centers; axis++)
                {
                    feature[columns + 3 + axis] = raw[axis] - center[axis];
                }
            }
        }

        return features;
    }
}
