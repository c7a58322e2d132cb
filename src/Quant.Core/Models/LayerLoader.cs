using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Models;

/// <summary>
/// Takes layers out of a state dict and remembers everything that does not fit, so that it is reported at once. With an initializer, what is not in
/// the state dict gets the weights that a training starts from.
/// </summary>
internal sealed class LayerLoader(StateDict state, WeightInitializer? initializer = null)
{
    private static readonly string[] NormTensors = ["weight", "bias", "running_mean", "running_var"];
    private readonly HashSet<string> used = new(StringComparer.Ordinal);
    private readonly List<string> missing = [];
    private readonly List<string> misshapen = [];
    private readonly List<Layer> layers = [];

    public IReadOnlyList<Layer> Layers => layers;

    /// <summary>A layer whose norm may already be folded: then the file holds a bias and no norm.</summary>
    /// <param name="name">Prefix of the weight.</param>
    /// <param name="norm">Prefix of the norm, or null when the layer has none and a bias of its own.</param>
    /// <param name="scale">Key of the layer's scale, or null. A file without any key of that last part holds it folded, or never had it: the function is the same.</param>
    public Layer Load(
        string name, LayerKind kind, long[] shape, string? norm, double epsilon, Activation activation, long stride = 1, long padding = 0, long groups = 1, string? scale = null)
    {
        var channels = kind == LayerKind.ConvTranspose2d ? shape[1] : shape[0];
        var weight = Take($"{name}.weight", shape);
        var hasNorm = norm is not null && (NormTensors.Any(part => state.TryGet($"{norm}.{part}", out _)) || !state.TryGet($"{name}.bias", out _));
        var bias = !hasNorm || state.TryGet($"{name}.bias", out _) ? Take($"{name}.bias", [channels]) : null;
        var batchNorm = hasNorm ? TakeNorm(norm!, channels, epsilon) : null;
        var layerScale = scale is not null && (initializer is not null || HasAny(scale[scale.LastIndexOf('.')..])) ? new LayerScale(scale, Take(scale, [channels])) : null;
        var layer = new Layer(name, kind, weight, bias, batchNorm, activation, stride, padding, groups, layerScale);
        layers.Add(layer);
        return layer;
    }

    /// <summary>A LayerNorm over that many channels, a layer of its own.</summary>
    public Layer LoadLayerNorm(string name, long channels, double epsilon)
    {
        var layer = new Layer(name, LayerKind.LayerNorm, Take($"{name}.weight", [channels]), Take($"{name}.bias", [channels]), null, Activation.None) { Epsilon = epsilon };
        layers.Add(layer);
        return layer;
    }

    /// <summary>Fails with every missing, unknown and wrongly shaped key.</summary>
    /// <exception cref="QuantException">QNT0210.</exception>
    public void ThrowIfIncomplete(string source)
    {
        var unexpected = state.Keys.Where(key => !used.Contains(key) && !IsRange(key)).ToList();
        if (missing.Count == 0 && misshapen.Count == 0 && unexpected.Count == 0)
        {
            return;
        }

        layers.ForEach(layer => layer.Dispose());
        var bag = new DiagnosticBag();
        var place = new SourceLocation(source);
        Report("is missing from the checkpoint", missing);
        Report("does not fit the model section", misshapen);
        Report("is not part of the model the config describes", unexpected);
        bag.ThrowIfErrors();

        void Report(string what, List<string> keys) => keys.ForEach(key => bag.Error(
            DiagnosticCodes.StateDictMismatch, $"{key} {what}; correct the model section of the config or the checkpoint path", place));
    }

    /// <summary>Ranges and channel scales of a quantized file (<c>…_quantizer._amax</c>) are read by calibration, not by the model.</summary>
    private static bool IsRange(string key) => key.EndsWith("_quantizer._amax", StringComparison.Ordinal) || key.EndsWith("_quantizer._channel_scale", StringComparison.Ordinal);

    private bool HasAny(string suffix) => state.Keys.Any(key => key.EndsWith(suffix, StringComparison.Ordinal));

    private BatchNorm TakeNorm(string norm, long channels, double epsilon)
    {
        used.Add($"{norm}.num_batches_tracked");
        var tensors = NormTensors.Select(part => Take($"{norm}.{part}", [channels])).ToArray();
        return new BatchNorm(tensors[0], tensors[1], tensors[2], tensors[3], epsilon) { Key = norm };
    }

    private Tensor Take(string key, long[] shape)
    {
        used.Add(key);
        if (!state.TryGet(key, out var tensor))
        {
            if (initializer is not null)
            {
                return initializer.Create(key, shape);
            }

            missing.Add(key);
            return zeros(shape);
        }

        if (!tensor.Shape.SequenceEqual(shape))
        {
            misshapen.Add($"{key} has shape [{string.Join(", ", tensor.Shape)}], expected [{string.Join(", ", shape)}]: it");
            return zeros(shape);
        }

        return torch.tensor(tensor.ToFloat32(), shape);
    }
}
