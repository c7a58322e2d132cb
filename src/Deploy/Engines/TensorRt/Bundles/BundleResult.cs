using Quant.Core.Models;

namespace Deploy.Engines.TensorRt.Bundles;

/// <summary>What a target device did with a bundle.</summary>
/// <param name="Manifest">Of the bundle.</param>
/// <param name="Build">The same record that a build on this machine gives; engine paths lead into the bundle, whose engines may not have been sent back.</param>
/// <param name="Outputs">Outputs by model name, then by frame token, then by tensor name.</param>
public sealed record BundleResult(
    BundleManifest Manifest,
    EngineBuildResult Build,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, IReadOnlyDictionary<string, HostTensor>>> Outputs);
