using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Models;

/// <summary>
/// One weighted operation with its optional norm, activation and quantizers, named by its checkpoint prefix. Fusion,
/// insertion, calibration, correction and export are walks over the same list of layers.
/// </summary>
public sealed class Layer : IDisposable
{
    /// <summary>Takes ownership of the tensors.</summary>
    public Layer(string name, LayerKind kind, Tensor weight, Tensor? bias, BatchNorm? norm, Activation activation, long stride = 1, long padding = 0, long groups = 1)
    {
        (Name, Kind, Weight, Bias, Norm, Activation) = (name, kind, weight, bias, norm, activation);
        (Stride, Padding, Groups) = (stride, padding, groups);
    }

    /// <summary>The dotted prefix of the weight in the checkpoint, such as <c>pts_backbone.blocks.0.0</c>.</summary>
    public string Name { get; }

    /// <summary>The operation.</summary>
    public LayerKind Kind { get; }

    /// <summary>Conv2d [out, in/groups, kH, kW]; ConvTranspose2d [in, out/groups, kH, kW]; Linear [out, in].</summary>
    public Tensor Weight { get; private set; }

    /// <summary>[out], or null.</summary>
    public Tensor? Bias { get; private set; }

    /// <summary>The norm between operation and activation; null once folded.</summary>
    public BatchNorm? Norm { get; private set; }

    /// <summary>Applied last.</summary>
    public Activation Activation { get; }

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

    /// <summary>The weight axis that holds output channels: 1 for ConvTranspose2d, else 0.</summary>
    public int OutputAxis => Kind == LayerKind.ConvTranspose2d ? 1 : 0;

    /// <summary>The weight axis that holds input channels: 0 for ConvTranspose2d, else 1.</summary>
    public int InputAxis => 1 - OutputAxis;

    /// <summary>Number of output channels.</summary>
    public long OutputChannels => Kind == LayerKind.ConvTranspose2d ? Weight.shape[1] * Groups : Weight.shape[0];

    /// <summary>Number of input channels.</summary>
    public long InputChannels => Kind == LayerKind.ConvTranspose2d ? Weight.shape[0] : Weight.shape[1] * Groups;

    /// <summary>Replaces weight, bias and norm (fusion, equalization, correction) and frees the old ones.</summary>
    public void Replace(Tensor weight, Tensor? bias, BatchNorm? norm)
    {
        if (!ReferenceEquals(weight, Weight))
        {
            Weight.Dispose();
        }

        if (!ReferenceEquals(bias, Bias))
        {
            Bias?.Dispose();
        }

        if (!ReferenceEquals(norm, Norm))
        {
            Norm?.Dispose();
        }

        (Weight, Bias, Norm) = (weight, bias, norm);
    }

    /// <summary>Operation, norm and activation on an input whose quantizer has already been applied.</summary>
    /// <param name="input">Conv: [B, C, H, W]. Linear: [..., C].</param>
    /// <returns>A new tensor.</returns>
    public Tensor ForwardQuantizedInput(Tensor input)
    {
        using var scope = NewDisposeScope();
        var output = Operate(input);
        if (Norm is not null)
        {
            output = Normalize(output, Norm);
        }

        if (Activation == Activation.Relu)
        {
            output = output.relu();
        }

        return output.MoveToOuterDisposeScope();
    }

    /// <summary>The operation with bias alone, before norm and activation: what bias correction compares.</summary>
    public Tensor Operate(Tensor input)
    {
        using var scope = NewDisposeScope();
        var weight = WeightQuantizer is null ? Weight : WeightQuantizer.Quantize(Weight);
        var output = Kind switch
        {
            LayerKind.Conv2d => nn.functional.conv2d(input, weight, Bias, [Stride, Stride], [Padding, Padding], [1, 1], Groups),
            LayerKind.ConvTranspose2d => nn.functional.conv_transpose2d(input, weight, Bias, [Stride, Stride], [Padding, Padding], [0, 0], [1, 1], Groups),
            LayerKind.Linear => nn.functional.linear(input, weight, Bias),
            _ => throw new InvalidOperationException($"unknown layer kind {Kind}"),
        };
        return output.MoveToOuterDisposeScope();
    }

    /// <summary>Moves weight, bias and norm to a device.</summary>
    public void To(Device device)
    {
        Tensor Move(Tensor tensor) => tensor.to(device);
        Replace(Move(Weight), Bias is null ? null : Move(Bias), Norm is null ? null : Norm with
        {
            Weight = Move(Norm.Weight),
            Bias = Move(Norm.Bias),
            Mean = Move(Norm.Mean),
            Variance = Move(Norm.Variance),
        });
    }

    /// <summary>Frees weight, bias and norm.</summary>
    public void Dispose()
    {
        Weight.Dispose();
        Bias?.Dispose();
        Norm?.Dispose();
    }

    private Tensor Normalize(Tensor output, BatchNorm norm)
    {
        if (Kind != LayerKind.Linear)
        {
            return nn.functional.batch_norm(output, norm.Mean, norm.Variance, norm.Weight, norm.Bias, false, 0.0, norm.Epsilon);
        }

        // Linear's channels are the last axis; batch_norm wants them second.
        var flat = output.reshape(-1, output.shape[^1]);
        return nn.functional.batch_norm(flat, norm.Mean, norm.Variance, norm.Weight, norm.Bias, false, 0.0, norm.Epsilon).reshape(output.shape);
    }
}
