namespace Deploy.Engines.TensorRt;

/// <summary>Whether an engine file can be used as it is.</summary>
/// <param name="Fresh">True when it was built from the same parts and its bytes are those that were built.</param>
/// <param name="Reason">For people.</param>
public sealed record EngineCacheState(bool Fresh, string Reason);
