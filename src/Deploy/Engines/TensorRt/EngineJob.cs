namespace Deploy.Engines.TensorRt;

/// <summary>One engine to build.</summary>
/// <param name="Name">In results and messages, such as <c>int8/pts_voxel_encoder</c>.</param>
/// <param name="Onnx">The model.</param>
/// <param name="Engine">Where the engine goes; logs and reports lie beside it.</param>
/// <param name="Precision">What is asked of its precision.</param>
/// <param name="Profiles">Shapes of its dynamic inputs.</param>
public sealed record EngineJob(string Name, string Onnx, string Engine, PrecisionPolicy Precision, IReadOnlyList<ShapeProfile> Profiles);
