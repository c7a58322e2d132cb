namespace Deploy.Evaluation;

/// <summary>What is measured and over which objects.</summary>
/// <param name="Metric"><c>nuscenes</c> or <c>t4_v2</c>.</param>
/// <param name="ClassNames">The classes that labels index.</param>
/// <param name="ClassRanges">
/// nuScenes only: metres from the ego vehicle per class (strictly below); null evaluates every distance. Every class needs an entry.
/// </param>
/// <param name="MaxBoxesPerFrame">nuScenes only: a frame with more detections is refused, as the devkit does.</param>
/// <param name="MinRecall">Recall at and below which precision does not count.</param>
/// <param name="MinPrecision">Subtracted from precision before averaging.</param>
public sealed record MetricOptions(
    string Metric,
    IReadOnlyList<string> ClassNames,
    IReadOnlyDictionary<string, double>? ClassRanges = null,
    int MaxBoxesPerFrame = 500,
    double MinRecall = 0.1,
    double MinPrecision = 0.1)
{
    /// <summary>AP without envelope, true-positive errors and NDS.</summary>
    public const string NuScenes = "nuscenes";

    /// <summary>AP with a monotone precision envelope over range buckets.</summary>
    public const string T4V2 = "t4_v2";
}
