namespace Quant.Core.Training;

/// <summary>What one task of the head should answer for one frame.</summary>
/// <param name="Heatmap">[classes, height, width], 0…1, exactly 1 at centres.</param>
/// <param name="Cells">Row · width + column of each object's centre.</param>
/// <param name="Boxes">
/// Ten values for each object: offset of the centre inside its cell (x, y), z of the gravity centre in m, log of length, width and height in m,
/// sin and cos of the yaw, velocity in m/s (NaN when unknown).
/// </param>
public sealed record TaskTarget(float[] Heatmap, int[] Cells, float[] Boxes)
{
    /// <summary>Values for each object in <see cref="Boxes"/>.</summary>
    public const int BoxValues = 10;
}
