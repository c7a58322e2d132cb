namespace Deploy.Gates;

/// <summary>
/// The one rule from a measurement and its noise to a verdict. A gate passes when the value and the worse end of its 95 % interval keep
/// the limit, fails when the value and the better end break it, and is inconclusive otherwise: the data cannot tell on which side of the
/// limit the true value is, so more frames or runs are needed, not luck. A measurement that is exact or comes without an interval (file
/// sizes, results stored without one) is judged by its value. Values within 1e-9 of the limit keep it: 0.76 − 0.75 is not above 0.01.
/// </summary>
public static class GateRule
{
    private const double Rounding = 1e-9;

    /// <summary>For limits that must not be exceeded.</summary>
    public static GateVerdict AtMost(double? value, double? low, double? high, double limit)
    {
        if (value is not { } measured || !double.IsFinite(measured))
        {
            return GateVerdict.Missing;
        }

        bool Keeps(double number) => number <= limit + Rounding;
        var worst = high ?? measured;
        var best = low ?? measured;
        return Keeps(measured) && Keeps(worst) ? GateVerdict.Pass
            : !Keeps(measured) && !Keeps(best) ? GateVerdict.Fail
            : GateVerdict.Inconclusive;
    }

    /// <summary>For limits that must be reached.</summary>
    public static GateVerdict AtLeast(double? value, double? low, double? high, double limit) => AtMost(-value, -high, -low, -limit);
}
