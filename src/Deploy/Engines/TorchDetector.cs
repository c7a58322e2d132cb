using Quant.Core.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Deploy.Engines;

/// <summary>The TorchSharp model as a runnable: float, or simulating INT8 while quantizers are attached to its layers.</summary>
/// <param name="name">The name in results.</param>
/// <param name="model">Not owned.</param>
public sealed class TorchDetector(string name, CenterPoint model) : IDetectorModel
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string Provider => $"libtorch {model.Layers[0].Weight.device_type.ToString().ToLowerInvariant()}";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, HostTensor> Run(PillarBatch pillars)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return model.Forward(pillars).ToDictionary(output => output.Key, output => output.Value.ToHost(), StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
