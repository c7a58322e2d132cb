using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Fusion;

/// <summary>
/// Folds each layer's norm into its weight and bias, in double precision: w' = w·γ/√(var + eps) on the output channels (axis 1 of a
/// ConvTranspose2d, group by group), b' = β + (b − mean)·γ/√(var + eps). A layer scale multiplies both.
/// </summary>
public static class BatchNormFolder
{
    /// <summary>Folds every layer in place.</summary>
    /// <exception cref="QuantException">QNT0212: a layer is not finite after folding.</exception>
    public static FusionReport Fold(IEnumerable<Layer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return new FusionReport([.. layers.Select(Fold)]);
    }

    private static LayerFusion Fold(Layer layer)
    {
        if (!layer.HasWeight)
        {
            return new LayerFusion(layer.Name, false, null, null, 0);
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        (double, double)? range = null;
        if (!layer.IsFolded)
        {
            var factor = ones(layer.OutputChannels, dtype: float64, device: layer.Weight.device);
            var bias = layer.Bias?.to(float64) ?? zeros_like(factor);
            if (layer.Norm is { } norm)
            {
                factor = norm.Weight.to(float64) / norm.Variance.to(float64).Plus(norm.Epsilon).sqrt();
                bias = norm.Bias.to(float64).Plus((bias - norm.Mean.to(float64)) * factor);
            }

            if (layer.Scale is { } scale)
            {
                (factor, bias) = (factor * scale.Factor.to(float64), bias * scale.Factor.to(float64));
            }

            range = (factor.abs().min().Number(), factor.abs().max().Number());
            var foldedWeight = (layer.Weight.to(float64) * PerOutputChannel(layer, factor)).to(float32);
            layer.Fold(foldedWeight.DetachFromDisposeScope(), bias.to(float32).DetachFromDisposeScope());
        }

        var finite = layer.Weight.isfinite().all() & (layer.Bias?.isfinite().all() ?? torch.tensor(true));
        if (!finite.item<bool>())
        {
            throw new QuantException(DiagnosticCodes.NonFiniteWeights, $"{layer.Name} holds NaN or infinity{(range is null ? "" : " after folding its norm")}; the checkpoint is damaged or training diverged");
        }

        var dead = !layer.IsWeighted ? 0 : (int)layer.Weight.abs().amax([layer.InputAxis, .. TrailingAxes(layer)]).EqualTo(0).sum().Number();
        return new LayerFusion(layer.Name, range is not null, range?.Item1, range?.Item2, dead);
    }

    private static IEnumerable<long> TrailingAxes(Layer layer) => Enumerable.Range(2, (int)layer.Weight.dim() - 2).Select(axis => (long)axis);

    /// <summary>Shapes one factor per output channel to multiply the weight.</summary>
    private static Tensor PerOutputChannel(Layer layer, Tensor factor)
    {
        var tail = Enumerable.Repeat(1L, (int)layer.Weight.dim() - 2);
        if (layer.Kind != LayerKind.ConvTranspose2d)
        {
            return factor.reshape([-1, 1, .. tail]);
        }

        // Input channel i belongs to group i / (in/groups) and meets that group's output channels only.
        var perGroup = layer.Weight.shape[0] / layer.Groups;
        return factor.reshape(layer.Groups, 1, -1).expand(layer.Groups, perGroup, layer.Weight.shape[1]).reshape([layer.Weight.shape[0], layer.Weight.shape[1], .. tail]);
    }
}
