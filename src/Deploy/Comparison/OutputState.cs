namespace Deploy.Comparison;

/// <summary>What has been gathered about one output.</summary>
internal sealed class OutputState(string name, long[] shape, string statistic)
{
    public string Name { get; } = name;

    public OutputName Parsed { get; } = OutputName.Parse(name);

    public long[] Shape { get; } = shape;

    /// <summary>Cells of one channel: the last two axes.</summary>
    public int Cells { get; } = (int)(shape.Length >= 2 ? shape[^1] * shape[^2] : shape.Length == 1 ? shape[0] : 1);

    public int Width { get; } = (int)(shape.Length >= 1 ? shape[^1] : 1);

    public DifferenceAccumulator Scored { get; } = new(statistic);

    public DifferenceAccumulator Fallback { get; } = new(statistic);

    public RawAccumulator Raw { get; } = new();
}
