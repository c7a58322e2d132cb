using Quant.Core.Quantization;

namespace Quant.Core.Export;

/// <summary>How the CPU form stores an activation in uint8: real = scale·(level − zero point).</summary>
/// <param name="Scale">
/// amax/127, as in the signed graph: the levels inside the range are the same, so the bias correction made for them holds, and the
/// products of two levels cannot saturate VPMADDUBSW's 16-bit sums. Finer levels (amax/255) round empty cells to other constants and
/// cost 5 to 11 mAP points on the sample.
/// </param>
/// <param name="ZeroPoint">0, or 128 for tensors that can be negative.</param>
internal readonly record struct CpuEncoding(float Scale, byte ZeroPoint)
{
    public static CpuEncoding Of(InputQuantization input, bool nonNegative) => new(input.Scale, nonNegative ? (byte)0 : (byte)128);
}
