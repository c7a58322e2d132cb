namespace Quant.Core.Models;

/// <summary>A float32 tensor in managed memory, row-major: what runtimes hand each other.</summary>
/// <param name="Values">As many as the product of <paramref name="Shape"/>.</param>
/// <param name="Shape">Such as [1, 5, 128, 128].</param>
public sealed record HostTensor(float[] Values, long[] Shape);
