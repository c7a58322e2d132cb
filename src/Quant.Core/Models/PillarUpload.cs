using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Models;

/// <summary>Brings pillars to the device that reads them.</summary>
public static class PillarUpload
{
    /// <summary>The features [P, M, F]. Most slots are empty (three of four in a simulated 32-beam frame): only the filled ones travel to a GPU, which puts them in place.</summary>
    public static Tensor Features(PillarBatch pillars, Device device)
    {
        ArgumentNullException.ThrowIfNull(pillars);
        ArgumentNullException.ThrowIfNull(device);
        return device.type == DeviceType.CPU
            ? tensor(pillars.Features, [pillars.Count, pillars.MaxPoints, pillars.FeatureCount])
            : Placed(pillars, device);
    }

    /// <summary>The same through filled slots alone, on any device.</summary>
    public static Tensor Placed(PillarBatch pillars, Device device)
    {
        ArgumentNullException.ThrowIfNull(pillars);
        using var scope = NewDisposeScope();
        var (width, filled) = (pillars.FeatureCount, pillars.PointCounts.Sum());
        var (values, slots) = (GC.AllocateUninitializedArray<float>(filled * width), GC.AllocateUninitializedArray<int>(filled));
        var next = 0;
        for (var pillar = 0; pillar < pillars.Count; pillar++)
        {
            var (first, count) = (pillar * pillars.MaxPoints, pillars.PointCounts[pillar]);
            pillars.Features.AsSpan(first * width, count * width).CopyTo(values.AsSpan(next * width));
            for (var slot = 0; slot < count; slot++)
            {
                slots[next++] = first + slot;
            }
        }

        var features = zeros([(long)pillars.Count * pillars.MaxPoints, width], device: device);
        features.index_copy_(0, tensor(slots).to(device).to(ScalarType.Int64), tensor(values, [filled, width]).to(device));
        return features.view(pillars.Count, pillars.MaxPoints, width).MoveToOuterDisposeScope();
    }

    /// <summary>Int64 [P, 4] = (batch, z, y, x).</summary>
    public static Tensor Coordinates(PillarBatch pillars, Device device)
    {
        ArgumentNullException.ThrowIfNull(pillars);
        using var scope = NewDisposeScope();
        return tensor(pillars.Coordinates, [pillars.Count, 4]).to(device).to(ScalarType.Int64).MoveToOuterDisposeScope();
    }
}
