using Quant.Core.Quantization;

namespace Quant.Core.Export;

/// <summary>How the CPU form stores an activation in uint8: real = scale·(level − zero point).</summary>
/// <param name="Scale">amax/255 for tensors that are never negative, amax/127 for others.</param>
/// <param name="ZeroPoint">0, or 128 for tensors that can be negative.</param>
internal readonly record struct CpuEncoding(float Scale, byte ZeroPoint)
{
    public static CpuEncoding Of(InputQuantization input, bool nonNegative) => nonNegative
        ? new CpuEncoding(input.Amax <= WeightLevels.ZeroAmax ? 1 : input.Amax / 255, 0)
        : new CpuEncoding(input.Scale, 128);
}
