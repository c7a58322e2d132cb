namespace Deploy.Engines.TensorRt.Bundles;

/// <summary>One call of trtexec in a bundle's script.</summary>
/// <param name="Kind"><c>build</c> or <c>run</c>.</param>
/// <param name="Model">File stem of the model.</param>
/// <param name="Name">Stem of its log: <c>MODEL.build</c>, <c>MODEL.profile</c>, <c>MODEL.times.1</c>, <c>MODEL.frame.0</c>.</param>
/// <param name="Arguments">trtexec's, with paths relative to the bundle.</param>
internal sealed record BundleStep(string Kind, string Model, string Name, IReadOnlyList<string> Arguments);
