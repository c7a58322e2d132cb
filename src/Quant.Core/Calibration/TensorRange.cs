using System.Text.Json.Serialization;

namespace Quant.Core.Calibration;

/// <summary>The range found for one input quantizer (an entry of ranges.json).</summary>
/// <param name="Quantizer">Its name.</param>
/// <param name="Amax">The chosen range.</param>
/// <param name="Method">Such as <c>max</c> or <c>histogram/mse</c>.</param>
/// <param name="Maximum">The largest magnitude seen.</param>
/// <param name="ZeroShare">Share of values in the first bin, in [0, 1]; null without a histogram.</param>
/// <param name="ClippedShare">Share of values above the range, in [0, 1]; null without a histogram.</param>
/// <param name="Count">Values seen.</param>
public sealed record TensorRange(string Quantizer, float Amax, string Method, float Maximum, double? ZeroShare, double? ClippedShare, long Count)
{
    /// <summary>The divisor of each channel before quantization (<see cref="Quantization.InputQuantization.ChannelScale"/>), or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<float>? ChannelScale { get; init; }
}
