using Quant.Core.Models;

namespace Deploy.Evaluation;

/// <summary>True-positive errors of a matched pair (nuScenes devkit, <c>eval/common/utils.py</c>).</summary>
internal static class BoxErrors
{
    /// <summary>1 − IoU of the sizes, centres and headings laid onto each other.</summary>
    public static double Scale(in Box3D truth, in Box3D found)
    {
        var common = Math.Min(truth.W, found.W) * Math.Min(truth.L, found.L) * Math.Min(truth.H, found.H);
        var union = (truth.W * truth.L * truth.H) + (found.W * found.L * found.H) - common;
        return 1 - (common / union);
    }

    /// <summary>The smallest heading difference in [0, period / 2] radians.</summary>
    public static double Orientation(in Box3D truth, in Box3D found, double period)
    {
        var shifted = truth.Yaw - found.Yaw + (period / 2);
        return Math.Abs(shifted - (Math.Floor(shifted / period) * period) - (period / 2));
    }

    /// <summary>Length of the velocity difference in m/s; NaN when either is unknown.</summary>
    public static double Velocity(in Box3D truth, in Box3D found)
    {
        double dx = found.Vx - truth.Vx, dy = found.Vy - truth.Vy;
        return Math.Sqrt((dx * dx) + (dy * dy));
    }

    /// <summary>0 or 1; NaN when the object has no attribute.</summary>
    public static double Attribute(IReadOnlyList<string> truth, string? found)
    {
        if (truth.Count == 0)
        {
            return double.NaN;
        }

        return truth.Contains(found ?? string.Empty, StringComparer.Ordinal) ? 0 : 1;
    }

    /// <summary>1 − heading error / π in [0, 1], rounded to ten decimals (perception_eval, <c>tp_metrics.py</c>; Waymo's APH).</summary>
    public static double HeadingSimilarity(in Box3D truth, in Box3D found) =>
        Math.Round(Math.Clamp(1 - (Orientation(truth, found, 2 * Math.PI) / Math.PI), 0, 1), 10, MidpointRounding.ToEven);
}
