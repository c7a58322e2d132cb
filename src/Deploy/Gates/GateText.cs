namespace Deploy.Gates;

/// <summary>Makes checks and says their numbers in words: accuracy in points, times in milliseconds.</summary>
internal static class GateText
{
    public static GateCheck Missing(string name, double limit, string why) =>
        new() { Name = name, Value = null, Limit = limit, Verdict = GateVerdict.Missing, Detail = why };

    /// <summary>A limit that must not be exceeded; <paramref name="scale"/> turns numbers into the unit of the text.</summary>
    public static GateCheck AtMost(string name, string what, double value, StoredInterval? interval, double limit, double scale, string unit) =>
        Make(name, what, value, interval, limit, scale, unit, "at most", GateRule.AtMost(value, interval?.Low, interval?.High, limit));

    /// <summary>A limit that must be reached.</summary>
    public static GateCheck AtLeast(string name, string what, double value, StoredInterval? interval, double limit, double scale, string unit) =>
        Make(name, what, value, interval, limit, scale, unit, "at least", GateRule.AtLeast(value, interval?.Low, interval?.High, limit));

    private static GateCheck Make(
        string name, string what, double value, StoredInterval? interval, double limit, double scale, string unit, string relation, GateVerdict verdict)
    {
        var noise = interval is { Low: { } low, High: { } high }
            ? FormattableString.Invariant($" (95 % interval {low * scale:F2} to {high * scale:F2})")
            : string.Empty;
        var advice = verdict == GateVerdict.Inconclusive ? "; the noise is larger than the margin, measure more frames or runs" : string.Empty;
        return new GateCheck
        {
            Name = name,
            Value = value,
            Limit = limit,
            Verdict = verdict,
            Low = interval?.Low,
            High = interval?.High,
            Detail = FormattableString.Invariant($"{what} {value * scale:F2} {unit}{noise}, {relation} {limit * scale:F2}{advice}"),
        };
    }
}
