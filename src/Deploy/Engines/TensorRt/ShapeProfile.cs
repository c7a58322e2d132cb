namespace Deploy.Engines.TensorRt;

/// <summary>Smallest, best and largest shape of one input.</summary>
public sealed record ShapeProfile(string Input, IReadOnlyList<int> Min, IReadOnlyList<int> Opt, IReadOnlyList<int> Max);
