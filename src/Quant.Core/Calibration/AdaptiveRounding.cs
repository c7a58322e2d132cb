using Quant.Core.Models;
using Quant.Core.Native;
using Quant.Core.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Calibration;

/// <summary>
/// AdaRound (Nagel et al., "Up or Down? Adaptive Rounding for Post-Training Quantization", 2020): each weight is rounded up or down so that the layer's
/// output error is smallest. The squared error of a linear layer over its inputs x is δ·E[x·xᵀ]·δᵀ for each output channel, so the second moments are
/// collected once and the optimization never touches the frames again. Rectified sigmoid, Adam and the annealed regularizer are the paper's.
/// </summary>
public static class AdaptiveRounding
{
    private const int CellsPerFrame = 4096;
    private const double Gamma = -0.1;
    private const double Zeta = 1.1;

    /// <summary>Replaces the weights of quantized layers by the values of the levels chosen; rounding those to the nearest gives the same levels.</summary>
    /// <param name="model">Fused, without quantizers; its weights change.</param>
    /// <param name="table">The ranges.</param>
    /// <param name="frames">A few frames; inputs are taken at cells whose receptive field holds a pillar.</param>
    /// <param name="steps">Steps of Adam.</param>
    /// <param name="progress">Called after each layer.</param>
    /// <returns>One entry for each layer; grouped and depthwise convolutions keep the nearest levels.</returns>
    public static IReadOnlyList<LayerRounding> Run(CenterPoint model, QuantizerTable table, IEnumerable<CalibrationFrame> frames, int steps = 1000, Action? progress = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(frames);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var entries = table.Layers.Where(layer => layer.Quantized && model[layer.Name] is { IsWeighted: true, Groups: 1 }).ToDictionary(layer => layer.Name, StringComparer.Ordinal);
        var moments = Moments(model, table, entries, frames);
        var roundings = new List<LayerRounding>();
        foreach (var layer in model.Layers.Where(layer => moments.ContainsKey(layer.Name)))
        {
            using var moment = moments[layer.Name];
            roundings.Add(Round(layer, entries[layer.Name], moment, steps));
            progress?.Invoke();
        }

        return roundings;
    }

    /// <summary>E[x·xᵀ] of every layer's quantized input, over what one output value reads.</summary>
    private static Dictionary<string, Tensor> Moments(CenterPoint model, QuantizerTable table, Dictionary<string, LayerQuantization> entries, IEnumerable<CalibrationFrame> frames)
    {
        var moments = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        using var quantizers = QuantizedLayers.Attach(model, table);
        var inputs = model.Layers.Where(layer => entries.ContainsKey(layer.Name)).ToDictionary(layer => layer.Name, layer => layer.InputQuantizer!, StringComparer.Ordinal);
        foreach (var layer in model.Layers)
        {
            (layer.InputQuantizer, layer.WeightQuantizer) = (null, null);
        }

        foreach (var frame in frames)
        {
            using var scope = NewDisposeScope();
            var masks = CellMasks.Occupied(model.Dense, frame.Pillars, model.Config, model.Layers[0].Weight.device);
            model.Forward(frame.Pillars, (layer, input) =>
            {
                if (!inputs.TryGetValue(layer.Name, out var quantizer))
                {
                    return;
                }

                using var inner = NewDisposeScope();
                var rows = Columns(layer, quantizer.Quantize(input), masks.GetValueOrDefault(layer.Name));
                var product = rows.matmul(rows.t());
                if (moments.TryGetValue(layer.Name, out var sum))
                {
                    sum.PlusInPlace(product);
                }
                else
                {
                    moments[layer.Name] = product.DetachFromDisposeScope();
                }
            });
        }

        return moments;
    }

    /// <summary>What output values read, one column each: [K, N] with K in the order of the weight's inner axes.</summary>
    private static Tensor Columns(Layer layer, Tensor input, Tensor? mask)
    {
        if (layer.ChannelsLast)
        {
            var rows = input.reshape(-1, input.shape[^1]);
            return rows.index_select(0, Sample(TensorMath.Indices(rows.shape[0], input.device))).t();
        }

        if (layer.Kind == LayerKind.ConvTranspose2d)
        {
            var pixels = input.permute(1, 0, 2, 3).reshape(input.shape[1], -1);
            var live = pixels.abs().amax([0]).Above(0).nonzero().flatten();
            return pixels.index_select(1, Sample(live));
        }

        var (kernelY, kernelX) = (layer.Weight.shape[2], layer.Weight.shape[3]);
        var padded = nn.functional.pad(input, [layer.Padding, layer.Padding, layer.Padding, layer.Padding]);
        var (height, width) = (padded.shape[2], padded.shape[3]);
        var flat = padded.permute(1, 0, 2, 3).reshape(padded.shape[1], -1);
        var cells = Sample(mask!.squeeze(1).flatten().Above(0).nonzero().flatten());
        var (outY, outX) = (mask.shape[2], mask.shape[3]);
        var batch = cells.FloorOver(outY * outX);
        var y = cells.Modulo(outY * outX).FloorOver(outX);
        var x = cells.Modulo(outX);
        var patches = new List<Tensor>();
        for (var dy = 0; dy < kernelY; dy++)
        {
            for (var dx = 0; dx < kernelX; dx++)
            {
                var index = batch.Times(height).Plus(y.Times((long)layer.Stride)).Plus((long)dy).Times(width).Plus(x.Times((long)layer.Stride)).Plus((long)dx);
                patches.Add(flat.index_select(1, index));
            }
        }

        return stack(patches, 1).reshape(flat.shape[0] * kernelY * kernelX, -1);
    }

    /// <summary>Every n-th index, so that few enough are left.</summary>
    private static Tensor Sample(Tensor indices)
    {
        var step = Math.Max(1, (indices.shape[0] + CellsPerFrame - 1) / CellsPerFrame);
        return indices.slice(0, 0, indices.shape[0], step);
    }

    private static LayerRounding Round(Layer layer, LayerQuantization entry, Tensor moment, int steps)
    {
        using var scope = NewDisposeScope();
        var device = layer.Weight.device;
        var columns = entry.Input!.ChannelScale is { } channels ? tensor([.. channels], device: device) : null;
        var weight = columns is null ? layer.Weight : layer.Weight * columns;
        var shape = Enumerable.Repeat(1L, (int)weight.dim()).ToArray();
        shape[entry.Weight!.Axis ?? 0] = entry.Weight.Amax.Count;
        var step = tensor([.. entry.Weight.Amax.Select(Symmetric.Scale)], shape, device: device);
        var target = Matrix(layer, weight / step);
        var form = moment / moment.diagonal().mean().AtLeast(1e-12);
        // Rows are learned in levels and reported in the unit of the weights.
        var units = Matrix(layer, step.expand_as(weight)).select(1, 0).Squared();
        var power = (target.matmul(form) * target).sum([1]) * units;
        var nearest = target.round().Clipped(-128, 127);
        var chosen = Learn(target, form, steps);
        Tensor Error(Tensor levels) => ((levels - target).matmul(form) * (levels - target)).sum([1]) * units;
        var (before, after) = (Error(nearest), Error(chosen));
        // A channel takes the learned levels only where they are better.
        var better = after.lt(before).unsqueeze(1);
        chosen = where(better, chosen, nearest);
        var unscaled = Restore(layer, chosen) * step;
        var changed = chosen.ne(nearest).to(float32).mean().Number();
        layer.Replace((columns is null ? unscaled : unscaled / columns).to(float32).DetachFromDisposeScope(), layer.Bias, layer.Norm);
        var total = Math.Max(power.sum().Number(), 1e-30);
        return new LayerRounding(layer.Name, before.sum().Number() / total, where(better.squeeze(1), after, before).sum().Number() / total, changed);
    }

    private static Tensor Learn(Tensor target, Tensor form, int steps)
    {
        using var scope = NewDisposeScope();
        var floor = target.floor();
        var fraction = (target - floor).Minus(Gamma).Over(Zeta - Gamma);
        var v = (fraction / fraction.OneMinus()).log();
        var (mean, square) = (zeros_like(v), zeros_like(v));
        for (var step = 1; step <= steps; step++)
        {
            using var inner = NewDisposeScope();
            var sigmoid = v.sigmoid();
            var stretched = sigmoid.Times(Zeta - Gamma).Plus(Gamma);
            var h = stretched.Clipped(0, 1);
            var levels = floor.Plus(h);
            var gradient = (levels.Clipped(-128, 127) - target).matmul(form).Times(2.0);
            var done = (double)step / steps;
            if (done > 0.2)
            {
                var beta = 2 + (18 * (1 - ((done - 0.2) / 0.8)));
                var centred = h.Times(2.0).Minus(1);
                gradient = gradient - (centred.abs().Power(beta - 1).Times(0.01 * 2 * beta) * centred.sign());
            }

            gradient = gradient * (sigmoid * sigmoid.OneMinus()).Times(Zeta - Gamma) * stretched.Above(0).logical_and(stretched.Below(1)).to(float32);
            mean.TimesInPlace(0.9).PlusInPlace(gradient.Times(0.1));
            square.TimesInPlace(0.999).PlusInPlace(gradient.Squared().Times(0.001));
            v.sub_((mean.Over(1 - Math.Pow(0.9, step)) / square.Over(1 - Math.Pow(0.999, step)).sqrt().Plus(1e-8)).Times(0.02));
        }

        var up = v.sigmoid().Above((0.5 - Gamma) / (Zeta - Gamma)).to(float32);
        return floor.Plus(up).Clipped(-128, 127).MoveToOuterDisposeScope();
    }

    /// <summary>The weight as rows of what one output value multiplies with: [rows, K].</summary>
    private static Tensor Matrix(Layer layer, Tensor weight) => layer.Kind == LayerKind.ConvTranspose2d
        ? weight.permute(1, 2, 3, 0).reshape(-1, weight.shape[0])
        : weight.reshape(weight.shape[0], -1);

    private static Tensor Restore(Layer layer, Tensor matrix)
    {
        var shape = layer.Weight.shape;
        return layer.Kind == LayerKind.ConvTranspose2d ? matrix.reshape(shape[1], shape[2], shape[3], shape[0]).permute(3, 0, 1, 2).contiguous() : matrix.reshape(shape);
    }
}
