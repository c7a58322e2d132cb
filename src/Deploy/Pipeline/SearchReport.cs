namespace Deploy.Pipeline;

/// <summary>What a search tried and chose (search.json).</summary>
/// <param name="Target">mAP to reach, 0…1; of a search within a time what was reached.</param>
/// <param name="CostSource">See <see cref="LayerCosts.Source"/>.</param>
/// <param name="Best">The plan chosen.</param>
/// <param name="Points">All, in the order they were tried.</param>
internal sealed record SearchReport(double Target, string CostSource, SearchPoint Best, IReadOnlyList<SearchPoint> Points)
{
    /// <summary>The version of the JSON form.</summary>
    public int Version { get; init; } = 1;

    /// <summary><c>ms</c> of the dense part, or <c>share</c> of an all-INT8 plan.</summary>
    public string CostUnit { get; init; } = "share";

    /// <summary>The time to stay within; null when mAP was the target.</summary>
    public double? LatencyMs { get; init; }
}
