using System.Text.Json.Serialization;

namespace Quant.Core.Calibration;

/// <summary>What one input quantizer saw.</summary>
/// <param name="Quantizer">Its name.</param>
/// <param name="Maximum">max |x|; of the scaled tensor where there is a <see cref="ChannelScale"/>.</param>
/// <param name="Count">Values seen.</param>
/// <param name="Histogram">Counts of |x|, when they were asked for.</param>
/// <param name="Rebinned">How often neighbouring bins were merged.</param>
public sealed record TensorObservation(string Quantizer, float Maximum, long Count, Histogram? Histogram, int Rebinned)
{
    /// <summary>max |x| of each channel of a Linear layer's input, from which its scaling follows; null for others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<float>? ChannelMaxima { get; init; }

    /// <summary>The divisor of each channel before quantization; null when the tensor is read as it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<float>? ChannelScale { get; init; }
}
