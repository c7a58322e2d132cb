using Deploy.Datasets;
using Quant.Core.Models;

namespace Deploy.Evaluation;

/// <summary>Which boxes take part, and in which order detections choose their objects.</summary>
internal sealed record MatchRules
{
    /// <summary>Bird's-eye centre distances (m) at which AP is taken.</summary>
    public static IReadOnlyList<double> Distances { get; } = [0.5, 1.0, 2.0, 4.0];

    /// <summary>Index of the distance whose matches give the true-positive errors (2 m).</summary>
    public const int ErrorDistance = 2;

    /// <summary>True when a box with this label takes part in this frame.</summary>
    public required Func<FrameResult, int, Box3D, bool> Includes { get; init; }

    /// <summary>True when an object's point count lets it take part.</summary>
    public required Func<GroundTruth, bool> IncludesTruth { get; init; }

    /// <summary>Of two equal scores in a frame, whether the later detection chooses first (devkit) or the earlier (perception_eval).</summary>
    public required bool LaterFirst { get; init; }

    /// <summary>Period of the heading of a class in radians.</summary>
    public required Func<int, double> HeadingPeriod { get; init; }
}
