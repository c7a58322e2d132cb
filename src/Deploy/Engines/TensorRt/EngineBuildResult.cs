namespace Deploy.Engines.TensorRt;

/// <summary>Engines of one TensorRT on one GPU, built here or on a target device.</summary>
/// <param name="Tensorrt">Version.</param>
/// <param name="Gpu">The GPU's name, or null when nothing told it.</param>
/// <param name="Engines">In the order of the jobs.</param>
public sealed record EngineBuildResult(string? Tensorrt, string? Gpu, IReadOnlyList<BuiltEngine> Engines);
