using Quant.Core.Models;

namespace Deploy.Engines.TensorRt.Bundles;

/// <summary>Inputs of one verification frame.</summary>
/// <param name="Token">The frame's name in results.</param>
/// <param name="Inputs">Values by tensor name, for all models of the bundle together.</param>
public sealed record BundleFrame(string Token, IReadOnlyDictionary<string, HostTensor> Inputs);
