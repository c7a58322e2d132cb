namespace Quant.Core.Checkpoints;

/// <summary>What a pickle may cost. Lengths inside it are bounded by the bytes that are left anyway.</summary>
public sealed record PickleLimits
{
    /// <summary>Strings, numbers and containers together; nuScenes' train and val info files together stay below half.</summary>
    public long MaxObjects { get; init; } = 500_000_000;

    /// <summary>Containers inside each other.</summary>
    public int MaxDepth { get; init; } = 256;
}
