using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Models;

/// <summary>Brings pillars to the device that reads them.</summary>
public static class PillarUpload
{
    /// <summary>The features [P, M, F]. Only points travel to a GPU, which puts them in their slots.</summary>
    public static Tensor Features(PillarBatch pillars, Device device)
    {
        ArgumentNullException.ThrowIfNull(pillars);
        ArgumentNullException.ThrowIfNull(device);
        return device.type == DeviceType.CPU
            ? tensor(pillars.Features(), [pillars.Count, pillars.MaxPoints, pillars.FeatureCount])
            : Placed(pillars, device);
    }

    /// <summary>The same through the points alone, on any device.</summary>
    public static Tensor Placed(PillarBatch pillars, Device device)
    {
        ArgumentNullException.ThrowIfNull(pillars);
        using var scope = NewDisposeScope();
        var slots = tensor(pillars.Slots()).to(device).to(ScalarType.Int64);
        var features = zeros([(long)pillars.Count * pillars.MaxPoints, pillars.FeatureCount], device: device);
        features.index_copy_(0, slots, tensor(pillars.Points, [slots.numel(), pillars.FeatureCount]).to(device));
        return features.view(pillars.Count, pillars.MaxPoints, pillars.FeatureCount).MoveToOuterDisposeScope();
    }

    /// <summary>Int64 [P, 4] = (batch, z, y, x).</summary>
    public static Tensor Coordinates(PillarBatch pillars, Device device)
    {
        ArgumentNullException.ThrowIfNull(pillars);
        using var scope = NewDisposeScope();
        return tensor(pillars.Coordinates, [pillars.Count, 4]).to(device).to(ScalarType.Int64).MoveToOuterDisposeScope();
    }
}
