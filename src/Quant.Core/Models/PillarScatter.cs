using Quant.Core.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Models;

/// <summary>Writes pillar features onto the bird's-eye canvas: row = y, column = x, zeros elsewhere (PointPillarsScatter).</summary>
public static class PillarScatter
{
    /// <summary>In managed memory, for runtimes that are fed arrays.</summary>
    /// <param name="features">[P, 1, C] or [P, C].</param>
    /// <param name="coordinates">[P, 4] = (batch, z, y, x), one frame.</param>
    /// <returns>[1, C, gridY, gridX].</returns>
    public static HostTensor Scatter(HostTensor features, ReadOnlySpan<int> coordinates, int gridX, int gridY)
    {
        ArgumentNullException.ThrowIfNull(features);
        var channels = (int)features.Shape[^1];
        var canvas = new float[channels * gridX * gridY];
        for (var pillar = 0; pillar < coordinates.Length / 4; pillar++)
        {
            var cell = (coordinates[(pillar * 4) + 2] * gridX) + coordinates[(pillar * 4) + 3];
            for (var channel = 0; channel < channels; channel++)
            {
                canvas[(channel * gridX * gridY) + cell] = features.Values[(pillar * channels) + channel];
            }
        }

        return new HostTensor(canvas, [1, channels, gridY, gridX]);
    }

    /// <summary>As a tensor on the features' device; the coordinates' batch index picks the frame.</summary>
    /// <param name="features">[P, 1, C].</param>
    /// <param name="coordinates">Int64 [P, 4] = (batch, z, y, x).</param>
    /// <returns>[B, C, gridY, gridX].</returns>
    public static Tensor Scatter(Tensor features, Tensor coordinates, long batch, int gridX, int gridY)
    {
        using var scope = NewDisposeScope();
        var channels = features.shape[^1];
        var flat = features.reshape(-1, channels);
        var canvas = zeros([batch * gridY * gridX, channels], dtype: features.dtype, device: features.device);
        var index = coordinates.select(1, 0).Times((long)gridY).Plus(coordinates.select(1, 2)).Times((long)gridX).Plus(coordinates.select(1, 3));
        canvas.index_copy_(0, index, flat);
        return canvas.reshape(batch, gridY, gridX, channels).permute(0, 3, 1, 2).contiguous().MoveToOuterDisposeScope();
    }
}
