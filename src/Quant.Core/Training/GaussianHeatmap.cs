namespace Quant.Core.Training;

/// <summary>
/// Gaussian peaks of CenterPoint's heatmap targets. Source: MMDetection3D <c>core/utils/gaussian.py</c> (CornerNet's radii without the
/// denominator 2a, which every released model was trained with).
/// </summary>
public static class GaussianHeatmap
{
    /// <summary>The largest radius, in cells, at which a box of the same size still overlaps by <paramref name="overlap"/>.</summary>
    /// <param name="height">Of the box in cells.</param>
    /// <param name="width">Of the box in cells.</param>
    /// <param name="overlap">Smallest IoU, 0…1.</param>
    public static double Radius(double height, double width, double overlap)
    {
        var (sum, area) = (height + width, height * width);
        var outside = (sum + Math.Sqrt((sum * sum) - (4 * area * (1 - overlap) / (1 + overlap)))) / 2;
        var inside = ((2 * sum) + Math.Sqrt((4 * sum * sum) - (16 * (1 - overlap) * area))) / 2;
        var b = -2 * overlap * sum;
        var shifted = (b + Math.Sqrt((b * b) - (16 * overlap * (overlap - 1) * area))) / 2;
        return Math.Min(outside, Math.Min(inside, shifted));
    }

    /// <summary>Draws a peak of 1 with σ = (2r + 1)/6 by element-wise maximum; parts outside the map are left out.</summary>
    /// <param name="map">[height, width], row-major.</param>
    /// <param name="width">Cells in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="column">Of the peak.</param>
    /// <param name="row">Of the peak.</param>
    /// <param name="radius">r, in cells.</param>
    public static void Draw(Span<float> map, int width, int height, int column, int row, int radius)
    {
        var sigma = ((2 * radius) + 1) / 6.0;
        for (var y = Math.Max(0, row - radius); y <= Math.Min(height - 1, row + radius); y++)
        {
            for (var x = Math.Max(0, column - radius); x <= Math.Min(width - 1, column + radius); x++)
            {
                var (dx, dy) = (x - column, y - row);
                var value = (float)Math.Exp(-((dx * dx) + (dy * dy)) / (2 * sigma * sigma));
                ref var cell = ref map[(y * width) + x];
                cell = Math.Max(cell, value);
            }
        }
    }
}
