using Quant.Core.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Calibration;

/// <summary>One input quantizer's observer, with what is done to the tensor before it is seen.</summary>
internal sealed class TensorObserver : IDisposable
{
    private readonly string name;
    private readonly RangeObserver range;
    private readonly IReadOnlyList<float>? channelScale;
    private readonly Tensor? factors;
    private readonly bool wantsChannels;
    private float[]? channelMaxima;

    /// <summary>Scales channels when scales are given, else follows their maxima when that is wanted.</summary>
    public TensorObserver(string name, RangeObserver range, IReadOnlyList<float>? channelScale, bool wantsChannels)
    {
        (this.name, this.range, this.channelScale, this.wantsChannels) = (name, range, channelScale, wantsChannels);
        factors = channelScale is null ? null : tensor([.. channelScale.Select(scale => 1f / scale)]).DetachFromDisposeScope();
    }

    /// <summary>max |x| so far; NaN or infinity when the tensor held any.</summary>
    public float Maximum => range.Maximum;

    /// <summary>What was seen.</summary>
    public TensorObservation Observation => new(name, range.Maximum, range.Count, range.Histogram, range.Rebinned) { ChannelMaxima = channelMaxima, ChannelScale = channelScale };

    /// <summary>Takes in a layer's input.</summary>
    /// <param name="layer">The layer that reads it.</param>
    /// <param name="input">Its input.</param>
    /// <param name="occupied">Cells that count, or null for all.</param>
    /// <param name="foreground">Cells that count again <paramref name="again"/> times, or null.</param>
    /// <param name="again">How often.</param>
    public void Observe(Layer layer, Tensor input, Tensor? occupied, Tensor? foreground, int again)
    {
        using var scope = NewDisposeScope();
        var scaled = factors is null ? input : input.mul(factors.to(input.device));
        range.Observe(occupied is null ? scaled : CellMasks.Select(scaled, occupied, layer.ChannelsLast));
        if (foreground is not null && again > 0)
        {
            var (height, width) = layer.ChannelsLast ? (input.shape[1], input.shape[2]) : (input.shape[2], input.shape[3]);
            range.Observe(CellMasks.Select(scaled, CellMasks.Resize(foreground, height, width), layer.ChannelsLast), again);
        }

        if (wantsChannels)
        {
            var found = input.detach().abs().reshape(-1, input.shape[^1]).amax([0]).cpu().data<float>().ToArray();
            channelMaxima = channelMaxima is null ? found : [.. channelMaxima.Zip(found, MathF.Max)];
        }
    }

    /// <summary>Frees the factors.</summary>
    public void Dispose() => factors?.Dispose();
}
