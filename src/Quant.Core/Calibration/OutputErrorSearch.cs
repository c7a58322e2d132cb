using Quant.Core.Models;
using Quant.Core.Native;
using Quant.Core.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Calibration;

/// <summary>
/// Maximum initialisation and a grid search on the error of the layers' outputs (the first step of LiDAR-PTQ, arXiv 2401.15865; the grid is ours): of
/// 20 shares of a tensor's maximum the one with which the layers that read it come closest to their float outputs.
/// </summary>
public static class OutputErrorSearch
{
    /// <summary>The shares of the maximum tried, the largest first.</summary>
    public static IReadOnlyList<float> Shares { get; } = [.. Enumerable.Range(0, 20).Select(step => 1f - (0.04f * step))];

    /// <summary>Chooses the ranges of all quantizers of weighted layers; sums keep their maximum.</summary>
    /// <param name="model">Fused, without quantizers.</param>
    /// <param name="plan">Which layers are quantized.</param>
    /// <param name="config">Weight ranges, and whether empty cells count.</param>
    /// <param name="maxima">Ranges by maximum, the starting point.</param>
    /// <param name="frames">A few frames.</param>
    /// <returns>Ranges with the method <c>grid</c>.</returns>
    public static IReadOnlyList<TensorRange> Run(CenterPoint model, QuantizationPlan plan, CalibrationConfig config, IReadOnlyList<TensorRange> maxima, IEnumerable<CalibrationFrame> frames)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(maxima);
        ArgumentNullException.ThrowIfNull(frames);
        using var noGrad = no_grad();
        var device = model.Layers[0].Weight.device;
        var layers = Calibrator.Table(model, plan, maxima, config.WeightMethod).Layers.Where(layer => layer is { Quantized: true, Weight: not null }).ToDictionary(layer => layer.Name, StringComparer.Ordinal);
        var errors = layers.Values.Select(layer => layer.Input!.Quantizer).Distinct().ToDictionary(name => name, _ => new double[Shares.Count], StringComparer.Ordinal);
        foreach (var frame in frames)
        {
            using var scope = NewDisposeScope();
            var masks = config.ExcludeEmpty ? CellMasks.Occupied(model.Dense, frame.Pillars, model.Config, device) : null;
            model.Forward(frame.Pillars, (layer, input) =>
            {
                if (layers.TryGetValue(layer.Name, out var entry))
                {
                    Add(layer, entry, input, masks?.GetValueOrDefault(layer.Name), errors[entry.Input!.Quantizer]);
                }
            });
        }

        return [.. maxima.Select(range => errors.TryGetValue(range.Quantizer, out var found)
            ? range with { Amax = range.Amax * Shares[Array.IndexOf(found, found.Min())], Method = "grid" }
            : range)];
    }

    /// <summary>Adds the relative squared error of a layer's output for each share.</summary>
    private static void Add(Layer layer, LayerQuantization entry, Tensor input, Tensor? mask, double[] errors)
    {
        using var scope = NewDisposeScope();
        var cells = mask is null ? null : layer.ChannelsLast ? mask.permute(0, 2, 3, 1) : mask;
        Tensor Marked(Tensor values) => cells is null ? values : values * cells;
        var expected = Marked(layer.Operate(input));
        var power = Math.Max(expected.Squared().sum().Number(), double.Epsilon);
        using var weight = new TensorQuantizer(layer.Name, entry.Weight!.Amax, entry.Weight.Axis, (int)layer.Weight.dim(), input.device);
        var scale = entry.Input!.ChannelScale;
        var scaled = scale is null ? input : input.mul(tensor([.. scale.Select(value => 1f / value)], device: input.device));
        using var scaledWeight = scale is null ? null : new ScaledQuantizer(weight, scale, input.device);
        layer.WeightQuantizer = scaledWeight is null ? weight : scaledWeight;
        for (var index = 0; index < errors.Length; index++)
        {
            using var inner = NewDisposeScope();
            using var quantizer = new TensorQuantizer(entry.Input.Quantizer, [entry.Input.Amax * Shares[index]], device: input.device);
            errors[index] += (Marked(layer.Operate(quantizer.Quantize(scaled))) - expected).Squared().sum().Number() / power;
        }

        layer.WeightQuantizer = null;
    }
}
