using Quant.Core.Export.Onnx;
using static Quant.Core.Export.OnnxGraphBuilder;

namespace Quant.Core.Export;

/// <summary>The attributes of Conv and ConvTranspose nodes.</summary>
internal static class ConvolutionAttributes
{
    public static AttributeProto[] Of(LayerWeights layer) =>
    [
        Ints("dilations", 1, 1),
        Int("group", layer.Groups),
        Ints("kernel_shape", layer.WeightShape[2], layer.WeightShape[3]),
        Ints("pads", layer.Padding, layer.Padding, layer.Padding, layer.Padding),
        Ints("strides", layer.Stride, layer.Stride),
    ];
}
