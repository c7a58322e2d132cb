using Quant.Core.Models;

namespace Quant.Core.Training;

/// <summary>Targets of a frame's objects. Source: MMDetection3D <c>CenterHead.get_targets_single</c>.</summary>
public static class TargetBuilder
{
    /// <summary>One target for each task; objects whose centre lies outside the map are left out.</summary>
    /// <param name="objects">Label (index in the head's classes) and box in the frame of the points.</param>
    /// <param name="model">Grid and tasks.</param>
    /// <param name="overlap">Smallest IoU of the Gaussian radius, 0.1 in released models.</param>
    /// <param name="minRadius">Smallest radius in cells, 2 in released models.</param>
    public static IReadOnlyList<TaskTarget> Build(IReadOnlyList<(int Label, Box3D Box)> objects, ModelConfig model, double overlap, int minRadius)
    {
        ArgumentNullException.ThrowIfNull(objects);
        ArgumentNullException.ThrowIfNull(model);
        var factor = model.PtsBboxHead.OutSizeFactor;
        var (width, height) = (model.GridX / factor, model.GridY / factor);
        var (cellX, cellY) = ((double)model.VoxelSize[0] * factor, (double)model.VoxelSize[1] * factor);
        var targets = new List<TaskTarget>();
        var first = 0;
        foreach (var classes in model.PtsBboxHead.Tasks.Select(task => task.Count))
        {
            var heatmap = new float[classes * width * height];
            var (cells, boxes) = (new List<int>(), new List<float>());
            foreach (var (label, box) in objects.Where(item => item.Label >= first && item.Label < first + classes).OrderBy(item => item.Label))
            {
                var (x, y) = ((box.X - model.PointCloudRange[0]) / cellX, (box.Y - model.PointCloudRange[1]) / cellY);
                if (!(box.L > 0 && box.W > 0 && box.H > 0) || !(x > -1 && y > -1 && x < width && y < height))
                {
                    continue;
                }

                var (column, row) = ((int)x, (int)y);
                var radius = Math.Max(minRadius, (int)GaussianHeatmap.Radius(box.W / cellY, box.L / cellX, overlap));
                GaussianHeatmap.Draw(heatmap.AsSpan((label - first) * width * height, width * height), width, height, column, row, radius);
                cells.Add((row * width) + column);
                boxes.AddRange(
                [
                    (float)(x - column), (float)(y - row), (float)box.Z,
                    (float)Math.Log(box.L), (float)Math.Log(box.W), (float)Math.Log(box.H),
                    (float)Math.Sin(box.Yaw), (float)Math.Cos(box.Yaw), (float)box.Vx, (float)box.Vy,
                ]);
            }

            targets.Add(new TaskTarget(heatmap, [.. cells], [.. boxes]));
            first += classes;
        }

        return targets;
    }
}
