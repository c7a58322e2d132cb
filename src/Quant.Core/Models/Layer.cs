using Quant.Core.Native;
using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Models;

/// <summary>
/// One operation that can be quantized or holds weights, with its optional norm, activation and quantizers, named by its checkpoint
/// prefix. Fusion, insertion, calibration, correction and export are walks over the same list of layers.
/// </summary>
public sealed class Layer : IDisposable
{
    private Tensor? weight;

    /// <summary>Takes ownership of the tensors.</summary>
    public Layer(
        string name, LayerKind kind, Tensor weight, Tensor? bias, BatchNorm? norm, Activation activation, long stride = 1, long padding = 0, long groups = 1, LayerScale? scale = null)
    {
        (Name, Kind, this.weight, Bias, Norm, Activation, Scale) = (name, kind, weight, bias, norm, activation, scale);
        (Stride, Padding, Groups) = (stride, padding, groups);
    }

    private Layer(string name, ImmutableArray<int> quantizedOperands)
    {
        (Name, Kind, QuantizedOperands) = (name, LayerKind.Add, quantizedOperands);
        (Stride, Groups) = (1, 1);
    }

    /// <summary>The dotted prefix of the weight in the checkpoint, such as <c>pts_backbone.blocks.0.0</c>.</summary>
    public string Name { get; }

    /// <summary>The operation.</summary>
    public LayerKind Kind { get; }

    /// <summary>False for <see cref="LayerKind.Add"/> alone.</summary>
    public bool HasWeight => weight is not null;

    /// <summary>True when the weight maps input channels to output channels and is quantized with the input; LayerNorm's is not.</summary>
    public bool IsWeighted => Kind is not (LayerKind.Add or LayerKind.LayerNorm);

    /// <summary>Conv2d [out, in/groups, kH, kW]; ConvTranspose2d [in, out/groups, kH, kW]; Linear [out, in]; LayerNorm [channels].</summary>
    /// <exception cref="InvalidOperationException">The layer has none.</exception>
    public Tensor Weight => weight ?? throw new InvalidOperationException($"{Name} ({Kind}) has no weight");

    /// <summary>[out], or null.</summary>
    public Tensor? Bias { get; private set; }

    /// <summary>The norm between operation and activation; null once folded.</summary>
    public BatchNorm? Norm { get; private set; }

    /// <summary>Multiplies the output channels after the norm; null once folded.</summary>
    public LayerScale? Scale { get; private set; }

    /// <summary>True when neither norm nor scale is left.</summary>
    public bool IsFolded => Norm is null && Scale is null;

    /// <summary>Applied last.</summary>
    public Activation Activation { get; }

    /// <summary>Added to a LayerNorm's variance; 0 for others.</summary>
    public double Epsilon { get; init; }

    /// <summary>The operands that the input quantizer is applied to; the others stay float.</summary>
    public ImmutableArray<int> QuantizedOperands { get; } = [0];

    /// <summary>Same in both directions.</summary>
    public long Stride { get; }

    /// <summary>Zeros added on each side.</summary>
    public long Padding { get; }

    /// <summary>Channel groups.</summary>
    public long Groups { get; }

    /// <summary>Applied to the input; shared by all layers that read the same tensor. Not owned.</summary>
    public ILayerQuantizer? InputQuantizer { get; set; }

    /// <summary>Applied to the weight. Not owned.</summary>
    public ILayerQuantizer? WeightQuantizer { get; set; }

    /// <summary>True while training with norms that follow the batch: the norm uses and collects batch statistics.</summary>
    public bool UsesBatchStatistics { get; set; }

    /// <summary>The type that convolutions and Linear compute in, for mixed precision; null is the tensors' own.</summary>
    public ScalarType? ComputeType { get; set; }

    /// <summary>The weight axis that holds output channels: 1 for ConvTranspose2d, else 0.</summary>
    public int OutputAxis => Kind == LayerKind.ConvTranspose2d ? 1 : 0;

    /// <summary>The weight axis that holds input channels: 0 for ConvTranspose2d, else 1.</summary>
    public int InputAxis => 1 - OutputAxis;

    /// <summary>True when channels are the last axis of input and output, false when they are axis 1.</summary>
    public bool ChannelsLast => Kind is LayerKind.Linear or LayerKind.LayerNorm;

    /// <summary>Number of output channels; not for <see cref="LayerKind.Add"/>.</summary>
    public long OutputChannels => Kind == LayerKind.ConvTranspose2d ? Weight.shape[1] * Groups : Weight.shape[0];

    /// <summary>Number of input channels; not for <see cref="LayerKind.Add"/>.</summary>
    public long InputChannels => Kind is LayerKind.ConvTranspose2d or LayerKind.LayerNorm ? Weight.shape[0] : Weight.shape[1] * Groups;

    /// <summary>A sum of tensors of one shape.</summary>
    /// <param name="name">Its name; there is no such key in the checkpoint.</param>
    /// <param name="quantizedOperands">Which operands are quantized, see <see cref="SumPlacement"/>.</param>
    public static Layer Sum(string name, ImmutableArray<int> quantizedOperands) => new(name, quantizedOperands);

    /// <summary>Replaces weight, bias and norm (fusion, equalization, correction) and frees the old ones.</summary>
    public void Replace(Tensor weight, Tensor? bias, BatchNorm? norm)
    {
        if (!ReferenceEquals(weight, this.weight))
        {
            this.weight?.Dispose();
        }

        if (!ReferenceEquals(bias, Bias))
        {
            Bias?.Dispose();
        }

        if (!ReferenceEquals(norm, Norm))
        {
            Norm?.Dispose();
        }

        (this.weight, Bias, Norm) = (weight, bias, norm);
    }

    /// <summary>Takes a layer scale that is trained, and frees the old one.</summary>
    public void TrainScale(Tensor factor)
    {
        var old = Scale ?? throw new InvalidOperationException($"{Name} has no layer scale");
        Scale = old with { Factor = factor };
        old.Dispose();
    }

    /// <summary>Takes weight and bias that hold norm and scale already.</summary>
    public void Fold(Tensor weight, Tensor? bias)
    {
        Replace(weight, bias, null);
        Scale?.Dispose();
        Scale = null;
    }

    /// <summary>Operation, norm, scale and activation on inputs whose quantizer has already been applied.</summary>
    /// <param name="inputs">One; Add has several. Convolutions: [B, C, H, W]. Linear, LayerNorm: [..., C].</param>
    /// <returns>A new tensor.</returns>
    public Tensor ForwardQuantizedInput(params IReadOnlyList<Tensor> inputs)
    {
        using var scope = NewDisposeScope();
        var output = Operate(inputs);
        if (Norm is not null)
        {
            output = Normalize(output, Norm);
        }

        if (Scale is not null)
        {
            output *= ChannelsLast ? Scale.Factor : Scale.Factor.reshape(1, -1, 1, 1);
        }

        return Activate(output).MoveToOuterDisposeScope();
    }

    /// <summary>The activation of an output; the same tensor when there is none.</summary>
    public Tensor Activate(Tensor output) => Activation switch
    {
        Activation.None => output,
        Activation.Relu => output.relu(),
        Activation.Gelu => nn.functional.gelu(output),
        _ => throw new InvalidOperationException($"unknown activation {Activation}"),
    };

    /// <summary>The operation with bias alone, before norm, scale and activation: what bias correction compares.</summary>
    public Tensor Operate(params IReadOnlyList<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using var scope = NewDisposeScope();
        var output = Kind == LayerKind.Add
            ? inputs.Skip(1).Aggregate(inputs[0], (sum, operand) => sum.Plus(operand))
            : InComputeType(inputs[0], WeightQuantizer is null ? Weight : WeightQuantizer.Quantize(Weight));
        return output.MoveToOuterDisposeScope();
    }

    private Tensor InComputeType(Tensor input, Tensor weight) =>
        ComputeType is { } type && IsWeighted
            ? Operate(input.to(type), weight.to(type), Bias?.to(type)).to(ScalarType.Float32)
            : Operate(input, weight, Bias);

    private Tensor Operate(Tensor input, Tensor weight, Tensor? bias) => Kind switch
    {
        LayerKind.Conv2d or LayerKind.DepthwiseConv2d => nn.functional.conv2d(input, weight, bias, [Stride, Stride], [Padding, Padding], [1, 1], Groups),
        LayerKind.ConvTranspose2d => nn.functional.conv_transpose2d(input, weight, bias, [Stride, Stride], [Padding, Padding], [0, 0], [1, 1], Groups),
        LayerKind.Linear => nn.functional.linear(input, weight, bias),
        LayerKind.LayerNorm => nn.functional.layer_norm(input, [weight.shape[0]], weight, bias, Epsilon),
        _ => throw new InvalidOperationException($"unknown layer kind {Kind}"),
    };

    /// <summary>Moves weight, bias, norm and scale to a device.</summary>
    public void To(Device device)
    {
        if (!HasWeight)
        {
            return;
        }

        Tensor Move(Tensor tensor) => tensor.to(device);
        var scale = Scale is null ? null : Scale with { Factor = Move(Scale.Factor) };
        if (!ReferenceEquals(scale?.Factor, Scale?.Factor))
        {
            Scale?.Dispose();
        }

        Scale = scale;
        Replace(Move(Weight), Bias is null ? null : Move(Bias), Norm is null ? null : Norm with
        {
            Weight = Move(Norm.Weight),
            Bias = Move(Norm.Bias),
            Mean = Move(Norm.Mean),
            Variance = Move(Norm.Variance),
        });
    }

    /// <summary>Frees weight, bias, norm and scale.</summary>
    public void Dispose()
    {
        weight?.Dispose();
        Bias?.Dispose();
        Norm?.Dispose();
        Scale?.Dispose();
    }

    private Tensor Normalize(Tensor output, BatchNorm norm)
    {
        if (!ChannelsLast)
        {
            return nn.functional.batch_norm(output, norm.Mean, norm.Variance, norm.Weight, norm.Bias, UsesBatchStatistics, norm.Momentum, norm.Epsilon);
        }

        // Linear's channels are the last axis; batch_norm wants them second.
        var flat = output.reshape(-1, output.shape[^1]);
        return nn.functional.batch_norm(flat, norm.Mean, norm.Variance, norm.Weight, norm.Bias, UsesBatchStatistics, norm.Momentum, norm.Epsilon).reshape(output.shape);
    }
}
