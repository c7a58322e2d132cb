namespace Deploy.Pipeline;

/// <summary>One tensor of a checkpoint.</summary>
public sealed record CheckpointKey(string Name, string Dtype, IReadOnlyList<long> Shape);
