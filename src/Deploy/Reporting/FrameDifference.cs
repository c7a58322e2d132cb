using Quant.Core.Models;

namespace Deploy.Reporting;

/// <summary>How far two models' detections of one frame differ, in scores: every detection without a partner counts its score, every pair its difference.</summary>
public static class FrameDifference
{
    /// <summary>Bird's-eye centre distance in metres within which detections of one class are partners (nuScenes takes its true positive errors at 2 m).</summary>
    public const double PartnerDistance = 2;

    /// <summary>Pairs greedily, highest score of <paramref name="first"/> first; the nearest free partner wins.</summary>
    /// <returns>The sum, at least 0, and the detections without a partner on both sides.</returns>
    public static (double Score, int OnlyFirst, int OnlySecond) Of(IReadOnlyList<Detection> first, IReadOnlyList<Detection> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var free = second.ToList();
        var (sum, alone) = (0.0, 0);
        foreach (var item in first.OrderByDescending(item => item.Score))
        {
            if (Nearest(item, free) is not { } partner)
            {
                sum += item.Score;
                alone++;
                continue;
            }

            sum += Math.Abs(item.Score - partner.Score);
            free.Remove(partner);
        }

        return (sum + free.Sum(item => (double)item.Score), alone, free.Count);
    }

    private static Detection? Nearest(Detection item, List<Detection> free) => free
        .Where(other => other.Label == item.Label && Distance(item, other) <= PartnerDistance)
        .Select(other => (Detection?)other)
        .MinBy(other => Distance(item, other!.Value));

    private static double Distance(Detection a, Detection b) => Math.Sqrt(Math.Pow(a.Box.X - b.Box.X, 2) + Math.Pow(a.Box.Y - b.Box.Y, 2));
}
