namespace Deploy.Engines.TensorRt.Exports;

/// <summary>A layer of a built engine.</summary>
/// <param name="Name">TensorRT's name, joined from the ONNX nodes it does.</param>
/// <param name="Type">Such as <c>CaskConvolution</c>, <c>Reformat</c>, <c>kgen</c>; empty when only names were exported.</param>
/// <param name="Inputs">Activations in.</param>
/// <param name="Outputs">Activations out.</param>
/// <param name="Origin">Why TensorRT added it: <c>REFORMAT</c>, <c>QDQ</c>; or null.</param>
/// <param name="Tactic">The kernel, when told.</param>
/// <param name="WeightType">Type of its weights, when told.</param>
/// <param name="OnnxNodes">The graph's nodes in it, from the metadata of TensorRT 9 and later.</param>
public sealed record EngineLayer(
    string Name,
    string Type,
    IReadOnlyList<EngineTensor> Inputs,
    IReadOnlyList<EngineTensor> Outputs,
    string? Origin,
    string? Tactic,
    string? WeightType,
    IReadOnlyList<string> OnnxNodes);
