using static TorchSharp.torch;

namespace Quant.Core.Models;

/// <summary>What a <see cref="Layer"/> applies to its input or weight when it simulates quantization.</summary>
public interface ILayerQuantizer
{
    /// <summary>The name in quantization.json and in <c>_amax</c> keys, such as <c>x.conv._input_quantizer</c>.</summary>
    string Name { get; }

    /// <summary>Returns a new tensor of the same shape; never disposes its argument.</summary>
    Tensor Quantize(Tensor tensor);
}
