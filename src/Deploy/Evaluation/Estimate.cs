using System.Text.Json.Serialization;

namespace Deploy.Evaluation;

/// <summary>A measured value with the 95 % interval of its bootstrap distribution; null where it is not defined.</summary>
/// <param name="Value">The value on the data as they are.</param>
/// <param name="Low">2.5 % quantile of the resamples.</param>
/// <param name="High">97.5 % quantile of the resamples.</param>
public sealed record Estimate(
    [property: JsonPropertyName("value")] double? Value,
    [property: JsonPropertyName("low")] double? Low,
    [property: JsonPropertyName("high")] double? High)
{
    /// <summary>
    /// Interval from resampled values; samples where the value is not defined are left out, and with none left there is no interval.
    /// </summary>
    internal static Estimate From(double value, IEnumerable<double> resampled)
    {
        var sorted = resampled.Where(double.IsFinite).Order().ToArray();
        return !double.IsFinite(value) || sorted.Length == 0
            ? new Estimate(double.IsFinite(value) ? value : null, null, null)
            : new Estimate(value, Interpolation.Quantile(sorted, 0.025), Interpolation.Quantile(sorted, 0.975));
    }
}
