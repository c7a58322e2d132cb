namespace Deploy.Engines.TensorRt;

/// <summary>One engine to build.</summary>
/// <param name="Onnx">The model.</param>
/// <param name="Engine">Where the engine goes.</param>
/// <param name="Precision"><c>auto</c>, <c>fp16</c>, <c>fp32_tf32</c>, <c>int8</c> (with FP16 beside it) or <c>strongly_typed</c>.</param>
/// <param name="Profile">Shapes of the dynamic input; null when every size is fixed.</param>
/// <param name="WorkspaceBytes">Scratch memory of the builder.</param>
/// <param name="TimingCache">Kernel timings, or null.</param>
/// <param name="OptimizationLevel">0…5, or null for TensorRT's own.</param>
public sealed record EngineRequest(
    string Onnx, string Engine, string Precision, ShapeProfile? Profile, long WorkspaceBytes, string? TimingCache = null, int? OptimizationLevel = null);
