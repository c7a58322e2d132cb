using Quant.Core.Models;
using Quant.Core.Quantization;

namespace Quant.Core.Calibration;

/// <summary>
/// Scaling of each input channel of a Linear layer by its own maximum. The first Linear of the pillar net reads coordinates up to 50 m and offsets below
/// 0.4 m; through one scale the offsets keep a level or none. Dividing the channel by s and multiplying the weight's column by s is exact in float and
/// one Mul before the Q in the graph.
/// </summary>
public static class InputScaling
{
    /// <summary><c>auto</c> scales a tensor whose channels differ in range by more than this.</summary>
    public const float Spread = 10;

    /// <summary>Quantizers of a plan that serve one Linear layer alone.</summary>
    public static IReadOnlyList<string> Candidates(QuantizationPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return [.. plan.Layers.Where(layer => layer.Quantized).GroupBy(layer => layer.InputQuantizer!)
            .Where(readers => readers.Count() == 1 && readers.First().Kind == LayerKind.Linear).Select(readers => readers.Key)];
    }

    /// <summary>The divisors of a tensor's channels, or null when it is read as it is.</summary>
    /// <param name="maxima">max |x| of each channel.</param>
    /// <param name="mode"><c>auto</c>, <c>true</c> or <c>false</c>.</param>
    /// <returns>Each channel's maximum; 1 for a channel that is always zero.</returns>
    public static IReadOnlyList<float>? Scales(IReadOnlyList<float> maxima, string mode)
    {
        ArgumentNullException.ThrowIfNull(maxima);
        var live = maxima.Where(maximum => maximum > Symmetric.ZeroAmax).ToList();
        var scaled = live.Count > 0 && mode switch
        {
            "true" => true,
            "auto" => live.Max() > Spread * live.Min(),
            _ => false,
        };
        return scaled ? [.. maxima.Select(maximum => maximum > Symmetric.ZeroAmax ? maximum : 1f)] : null;
    }

    /// <summary>Maxima of unscaled tensors, as they are once the channels are scaled.</summary>
    public static CalibrationObservations Apply(CalibrationObservations observed, string mode)
    {
        ArgumentNullException.ThrowIfNull(observed);
        return observed with
        {
            Tensors = [.. observed.Tensors.Select(tensor => tensor is { ChannelMaxima: { } maxima, ChannelScale: null } && Scales(maxima, mode) is { } scales
                // Rounding is monotonic, so the largest product is the product of the largest.
                ? tensor with { ChannelScale = scales, Maximum = maxima.Zip(scales, (maximum, scale) => maximum * (1f / scale)).Max() }
                : tensor)],
        };
    }
}
