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
        var pillarOf = new int[points.Count];
        for (var point = 0; point < points.Count; point++)
        {
            pillarOf[point] = -1;
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
            }

            if (counts[pillar] < maxPoints)
            {
                pillarOf[point] = pillar;
                counts[pillar]++;
            }
        }

        var coordinates = new int[cells.Count * 4];
        for (var pillar = 0; pillar < cells.Count; pillar++)
        {
            coordinates[(pillar * 4) + 1] = cells[pillar] / (gridX * gridY);
            coordinates[(pillar * 4) + 2] = cells[pillar] / gridX % gridY;
            coordinates[(pillar * 4) + 3] = cells[pillar] % gridX;
        }

        int[] kept = [.. counts];
        return new PillarBatch(Decorate(points, model, coordinates, kept, ByPillar(pillarOf, kept)), coordinates, kept, maxPoints, model.PtsVoxelEncoder.DecoratedChannels);
    }

    /// <summary>Kept points, pillar after pillar, each pillar's in the order of the frame.</summary>
    private static int[] ByPillar(int[] pillarOf, int[] counts)
    {
        var next = new int[counts.Length];
        var total = 0;
        for (var pillar = 0; pillar < counts.Length; pillar++)
        {
            (next[pillar], total) = (total, total + counts[pillar]);
        }

        var order = new int[total];
        for (var point = 0; point < pillarOf.Length; point++)
        {
            if (pillarOf[point] >= 0)
            {
                order[next[pillarOf[point]]++] = point;
            }
        }

        return order;
    }

    private static float[] Decorate(PointCloud points, ModelConfig model, int[] coordinates, int[] counts, int[] order)
    {
        var (columns, channels) = (points.Columns, model.PtsVoxelEncoder.DecoratedChannels);
        var centers = model.PtsVoxelEncoder.CenterOffsets;
        var features = new float[order.Length * channels];
        Span<float> mean = stackalloc float[3];
        Span<float> center = stackalloc float[3];
        var first = 0;
        for (var pillar = 0; pillar < counts.Length; pillar++)
        {
            var members = order.AsSpan(first, counts[pillar]);
            for (var axis = 0; axis < 3; axis++)
            {
                var sum = 0.0;
                foreach (var point in members)
                {
                    sum += points.Values[(point * columns) + axis];
                }

                mean[axis] = (float)(sum / members.Length);
                var size = model.VoxelSize[axis];
                center[axis] = (coordinates[(pillar * 4) + 3 - axis] * size) + ((size / 2) + model.PointCloudRange[axis]);
            }

            for (var member = 0; member < members.Length; member++)
            {
                var raw = points.Values.AsSpan(members[member] * columns, columns);
                var feature = features.AsSpan((first + member) * channels, channels);
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

            first += members.Length;
        }

        return features;
    }
}
