using Deploy.Engines.TensorRt.Exports;

namespace Deploy.Engines.TensorRt;

/// <summary>Times of one engine, taken in rounds that alternate between all engines.</summary>
/// <param name="Queries">Every query of all rounds.</param>
/// <param name="RoundMediansMs">Median GPU time of each round: their spread shows the noise.</param>
/// <param name="Unstable">True when trtexec called the times of a round unstable.</param>
public sealed record EngineTimes(QueryTimes Queries, IReadOnlyList<double> RoundMediansMs, bool Unstable)
{
    /// <summary>No rounds yet.</summary>
    public static EngineTimes None { get; } = new(QueryTimes.None, [], false);

    /// <summary>Adds a round; one without queries adds nothing.</summary>
    public EngineTimes With(QueryTimes round, bool unstable)
    {
        ArgumentNullException.ThrowIfNull(round);
        return round.ComputeMs.Count == 0 ? this : new EngineTimes(Queries.With(round), [.. RoundMediansMs, Median(round.ComputeMs)], Unstable || unstable);
    }

    private static double Median(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
