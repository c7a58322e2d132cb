namespace Quant.Core.Calibration;

/// <summary>What one input quantizer saw.</summary>
/// <param name="Quantizer">Its name.</param>
/// <param name="Maximum">max |x|.</param>
/// <param name="Count">Values seen.</param>
/// <param name="Histogram">Counts of |x|, when they were asked for.</param>
/// <param name="Rebinned">How often neighbouring bins were merged.</param>
public sealed record TensorObservation(string Quantizer, float Maximum, long Count, Histogram? Histogram, int Rebinned)
{
    /// <summary>What an observer holds.</summary>
    public static TensorObservation Of(string quantizer, RangeObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new TensorObservation(quantizer, observer.Maximum, observer.Count, observer.Histogram, observer.Rebinned);
    }
}
