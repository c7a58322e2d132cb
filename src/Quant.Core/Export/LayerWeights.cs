using System.Collections.Immutable;
using Quant.Core.Models;

namespace Quant.Core.Export;

/// <summary>A layer without a norm, its weights in managed memory: all that an exported graph needs to know of it.</summary>
/// <param name="Name">The checkpoint prefix, which names the layer's ONNX node.</param>
/// <param name="Kind">The operation.</param>
/// <param name="Weight">Row-major, as many values as <paramref name="WeightShape"/> says; none for Add.</param>
/// <param name="WeightShape">Conv2d [out, in/groups, kH, kW]; ConvTranspose2d [in, out/groups, kH, kW]; Linear [out, in]; LayerNorm [channels]; Add [].</param>
/// <param name="Bias">[out], or null.</param>
/// <param name="Activation">Applied last.</param>
/// <param name="Stride">Same in both directions.</param>
/// <param name="Padding">Zeros on each side.</param>
/// <param name="Groups">Channel groups.</param>
public sealed record LayerWeights(
    string Name,
    LayerKind Kind,
    float[] Weight,
    ImmutableArray<long> WeightShape,
    float[]? Bias,
    Activation Activation,
    long Stride = 1,
    long Padding = 0,
    long Groups = 1)
{
    /// <summary>The operands that the input range applies to; the others stay float.</summary>
    public ImmutableArray<int> QuantizedOperands { get; init; } = [0];

    /// <summary>Added to a LayerNorm's variance.</summary>
    public double Epsilon { get; init; }

    /// <summary>True when the weight maps input channels to output channels and is quantized with the input.</summary>
    public bool IsWeighted => Kind is not (LayerKind.Add or LayerKind.LayerNorm);

    /// <summary>True when channels are the last axis of input and output, false when they are axis 1.</summary>
    public bool ChannelsLast => Kind is LayerKind.Linear or LayerKind.LayerNorm;

    /// <summary>Number of output channels; not for Add.</summary>
    public long OutputChannels => Kind == LayerKind.ConvTranspose2d ? WeightShape[1] * Groups : WeightShape[0];

    /// <summary>Number of input channels; not for Add.</summary>
    public long InputChannels => Kind is LayerKind.ConvTranspose2d or LayerKind.LayerNorm ? WeightShape[0] : WeightShape[1] * Groups;

    /// <summary>A Linear layer whose column c is multiplied by scale[c]; the layer itself without scales.</summary>
    public LayerWeights WithScaledColumns(IReadOnlyList<float>? scale) =>
        scale is null ? this : this with { Weight = [.. Weight.Select((value, index) => value * scale[index % scale.Count])] };

    /// <summary>True for a transposed convolution whose windows neither overlap nor leave gaps: kernel = stride, no padding.</summary>
    public bool IsKernelStrideDeconvolution =>
        Kind == LayerKind.ConvTranspose2d && WeightShape[2] == Stride && WeightShape[3] == Stride && Padding == 0;
}
