using System.Collections.Immutable;
using Quant.Core.Models;

namespace Quant.Core.Export;

/// <summary>A layer without a norm, its weights in managed memory: all that an exported graph needs to know of it.</summary>
/// <param name="Name">The checkpoint prefix, which names the layer's ONNX node.</param>
/// <param name="Kind">The operation.</param>
/// <param name="Weight">Row-major, as many values as <paramref name="WeightShape"/> says.</param>
/// <param name="WeightShape">Conv2d [out, in/groups, kH, kW]; ConvTranspose2d [in, out/groups, kH, kW]; Linear [out, in].</param>
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
    /// <summary>Number of output channels.</summary>
    public long OutputChannels => Kind == LayerKind.ConvTranspose2d ? WeightShape[1] * Groups : WeightShape[0];

    /// <summary>Number of input channels.</summary>
    public long InputChannels => Kind == LayerKind.ConvTranspose2d ? WeightShape[0] : WeightShape[1] * Groups;

    /// <summary>True for a transposed convolution whose windows neither overlap nor leave gaps: kernel = stride, no padding.</summary>
    public bool IsKernelStrideDeconvolution =>
        Kind == LayerKind.ConvTranspose2d && WeightShape[2] == Stride && WeightShape[3] == Stride && Padding == 0;
}
