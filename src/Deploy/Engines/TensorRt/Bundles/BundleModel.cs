namespace Deploy.Engines.TensorRt.Bundles;

/// <summary>A model of a bundle.</summary>
/// <param name="Name">Of its job.</param>
/// <param name="File">Stem of its files in the bundle.</param>
/// <param name="OnnxSha256">Of the ONNX file.</param>
/// <param name="Precision">Policy by its config name.</param>
/// <param name="Inputs">Graph inputs.</param>
public sealed record BundleModel(string Name, string File, string OnnxSha256, string Precision, IReadOnlyList<string> Inputs);
