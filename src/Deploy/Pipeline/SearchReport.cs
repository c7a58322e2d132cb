namespace Deploy.Pipeline;

/// <summary>What a search tried and chose (search.json).</summary>
/// <param name="Target">mAP to reach, 0…1.</param>
/// <param name="CostSource"><c>macs</c>: an FP16 multiplication counts twice an INT8 one.</param>
/// <param name="Best">The plan chosen.</param>
/// <param name="Points">All, in the order they were tried.</param>
internal sealed record SearchReport(double Target, string CostSource, SearchPoint Best, IReadOnlyList<SearchPoint> Points)
{
    /// <summary>The version of the JSON form.</summary>
    public int Version { get; init; } = 1;
}
