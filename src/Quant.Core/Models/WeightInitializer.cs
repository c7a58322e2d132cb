using Quant.Core.Native;
using static TorchSharp.torch;

namespace Quant.Core.Models;

/// <summary>
/// Weights that a training from scratch starts from: PyTorch's defaults, uniform in ±1/√fan_in for weights and biases of convolutions and Linear;
/// 1 and 0 for norms; and CenterPoint's −2.19 for the bias of a heatmap's last convolution, a score of 0.1.
/// </summary>
/// <param name="seed">Equal seeds give equal weights, whatever the order of the layers.</param>
/// <param name="layerScale">Start of layer scales; 0 where a backbone has none.</param>
internal sealed class WeightInitializer(int seed, double layerScale)
{
    private const float HeatmapBias = -2.19f;
    private readonly Dictionary<string, long> fanIn = new(StringComparer.Ordinal);

    /// <summary>The tensor of a state-dict key. A layer's weight must come before its bias.</summary>
    public Tensor Create(string key, long[] shape)
    {
        var (layer, part) = (key[..key.LastIndexOf('.')], key[(key.LastIndexOf('.') + 1)..]);
        if (part == "weight" && shape.Length > 1)
        {
            fanIn[layer] = shape.Skip(1).Aggregate(1L, (product, size) => product * size);
            return Uniform(key, shape, 1 / Math.Sqrt(fanIn[layer]));
        }

        return part switch
        {
            "bias" when fanIn.ContainsKey(layer) && layer.Contains(".heatmap.", StringComparison.Ordinal) && layer.EndsWith(".1", StringComparison.Ordinal) => TensorMath.Filled(shape, HeatmapBias),
            "bias" when fanIn.TryGetValue(layer, out var inputs) => Uniform(key, shape, 1 / Math.Sqrt(inputs)),
            "weight" or "running_var" => ones(shape),
            "bias" or "running_mean" => zeros(shape),
            _ => TensorMath.Filled(shape, layerScale),
        };
    }

    private Tensor Uniform(string key, long[] shape, double bound)
    {
        // The key decides with the seed, so that adding a layer leaves the weights of the others.
        var random = new Random(key.Aggregate(seed, (hash, letter) => unchecked((hash * 31) + letter)));
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = (float)(((random.NextDouble() * 2) - 1) * bound);
        }

        return tensor(values, shape);
    }
}
