namespace Quant.Core.Models;

/// <summary>Suppression of detections that cover the same object; inputs are sorted by falling score.</summary>
public static class NonMaximumSuppression
{
    /// <summary>
    /// A box is dropped when a better one lies within √<paramref name="squaredRadius"/>: MMDetection3D's <c>circle_nms</c> compares
    /// the squared distance (m²) with <c>min_radius</c>, "at most" included, over all classes of a task.
    /// </summary>
    public static IReadOnlyList<Detection> Circle(IReadOnlyList<Detection> sorted, float squaredRadius, int maximum) =>
        Greedy(sorted, maximum, (a, b) =>
        {
            var (dx, dy) = ((float)a.X - (float)b.X, (float)a.Y - (float)b.Y);
            return (dx * dx) + (dy * dy) <= squaredRadius;
        });

    /// <summary>A box is dropped when its bird's-eye IoU with a better one is above the threshold.</summary>
    /// <param name="sorted">Best first.</param>
    /// <param name="threshold">IoU in [0, 1].</param>
    /// <param name="candidates">How many enter.</param>
    /// <param name="maximum">How many leave at most.</param>
    public static IReadOnlyList<Detection> Rotated(IReadOnlyList<Detection> sorted, float threshold, int candidates, int maximum) =>
        Greedy([.. sorted.Take(candidates)], maximum, (a, b) => BevIou.Of(a, b) > threshold);

    private static List<Detection> Greedy(IReadOnlyList<Detection> sorted, int maximum, Func<Box3D, Box3D, bool> covers)
    {
        var kept = new List<Detection>();
        foreach (var candidate in sorted)
        {
            if (kept.Count >= maximum)
            {
                break;
            }

            if (!kept.Exists(better => covers(better.Box, candidate.Box)))
            {
                kept.Add(candidate);
            }
        }

        return kept;
    }
}
