using Quant.Core.Models;
using Quant.Core.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Quant.Core.Quantization;

/// <summary>
/// Factors s for the input channels of a Linear layer, trained with its weights: the layer computes with q(x/s) and q(W·s) as <see cref="ScaledQuantizer"/>
/// does. A channel of small values that shares its range with one of large values finds its own resolution; what that costs the weights' resolution is in
/// the same gradient, scaled down as LSQ's (<see cref="LearnedQuantizer"/>).
/// </summary>
public sealed class LearnedScaling : IDisposable
{
    private const double Smallest = 1e-6;

    /// <param name="name">Of the input's quantizer.</param>
    /// <param name="start">One factor for each input channel, positive.</param>
    /// <param name="device">Where the tensors are.</param>
    public LearnedScaling(string name, IReadOnlyList<float> start, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(start);
        Name = name;
        Factors = new Parameter(tensor([.. start], device: device));
        Factors.DetachFromDisposeScope();
    }

    /// <summary>Of the input's quantizer.</summary>
    public string Name { get; }

    /// <summary>s, [C].</summary>
    public Parameter Factors { get; }

    /// <summary>s as numbers, positive.</summary>
    public IReadOnlyList<float> Values()
    {
        using var scope = NewDisposeScope();
        return [.. Factors.detach().cpu().AtLeast(Smallest).data<float>()];
    }

    /// <summary>Divides before <paramref name="inner"/>.</summary>
    public ILayerQuantizer OfInput(ILayerQuantizer inner) => new Scaled(inner, (x, factors) => x.mul(factors.reciprocal()), this);

    /// <summary>Multiplies before <paramref name="inner"/>.</summary>
    public ILayerQuantizer OfWeight(ILayerQuantizer inner) => new Scaled(inner, (weight, factors) => weight.mul(factors), this);

    /// <inheritdoc/>
    public void Dispose() => Factors.Dispose();

    private sealed record Scaled(ILayerQuantizer Inner, Func<Tensor, Tensor, Tensor> Apply, LearnedScaling Owner) : ILayerQuantizer
    {
        public string Name => Inner.Name;

        public Tensor Quantize(Tensor tensor)
        {
            ArgumentNullException.ThrowIfNull(tensor);
            using var scope = NewDisposeScope();
            var part = Owner.Factors.Times(1 / Math.Sqrt(127.0 * tensor.numel()));
            var factors = Owner.Factors.detach().Plus(part - part.detach()).AtLeast(Smallest);
            return Inner.Quantize(Apply(tensor, factors)).MoveToOuterDisposeScope();
        }
    }
}
