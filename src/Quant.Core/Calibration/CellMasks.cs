using Quant.Core.Models;
using Quant.Core.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Calibration;

/// <summary>
/// Cells of the dense graph's values that deserve attention, as masks [B, 1, H, W] of 0 and 1. Most cells of a bird's-eye map are empty: after the first
/// convolution they hold a constant, which a histogram would count a million times.
/// </summary>
public static class CellMasks
{
    /// <summary>For each value the cells whose receptive field holds a pillar.</summary>
    /// <param name="dense">The dense graph.</param>
    /// <param name="pillars">The frame.</param>
    /// <param name="config">Grid.</param>
    /// <param name="device">Where the masks are wanted.</param>
    /// <returns>By value name, the graph's input among them.</returns>
    public static IReadOnlyDictionary<string, Tensor> Occupied(LayerGraph dense, PillarBatch pillars, ModelConfig config, Device device)
    {
        using var scope = NewDisposeScope();
        var coordinates = tensor(pillars.Coordinates, [pillars.Count, 4]).to(ScalarType.Int64).to(device);
        var masks = new Dictionary<string, Tensor>(StringComparer.Ordinal)
        {
            [dense.Input] = PillarScatter.Scatter(ones([pillars.Count, 1, 1], device: device), coordinates, pillars.FrameCount, config.GridX, config.GridY),
        };
        foreach (var node in dense.Nodes)
        {
            var joined = node.Inputs.Select(name => masks[name]).Aggregate((a, b) => maximum(a, b));
            masks[node.Output] = node.Layer is { } layer ? Spread(layer, joined) : joined;
        }

        foreach (var mask in masks.Values)
        {
            mask.MoveToOuterDisposeScope();
        }

        return masks;
    }

    /// <summary>Cells of the head where a class of any task scores above the threshold, and their neighbours: [B, 1, h, w].</summary>
    public static Tensor Foreground(IReadOnlyDictionary<string, Tensor> outputs, double threshold)
    {
        using var scope = NewDisposeScope();
        var mask = outputs.Where(output => output.Key.StartsWith("heatmap", StringComparison.Ordinal))
            .Select(output => output.Value.sigmoid().amax([1], keepdim: true).Above(threshold).to(float32))
            .Aggregate((a, b) => maximum(a, b));
        return nn.functional.max_pool2d(mask, [3, 3], [1, 1], [1, 1], [1, 1], false).MoveToOuterDisposeScope();
    }

    /// <summary>A mask at another resolution: cells that a marked cell touches.</summary>
    public static Tensor Resize(Tensor mask, long height, long width) =>
        mask.shape[2] > height ? nn.functional.adaptive_max_pool2d(mask, [height, width]) : nn.functional.interpolate(mask, [height, width], mode: InterpolationMode.Nearest);

    /// <summary>The values of the marked cells, in one row.</summary>
    /// <param name="values">[B, C, H, W], or [B, H, W, C].</param>
    /// <param name="mask">[B, 1, H, W].</param>
    /// <param name="channelsLast">Which of the two.</param>
    public static Tensor Select(Tensor values, Tensor mask, bool channelsLast)
    {
        using var scope = NewDisposeScope();
        var chosen = mask.Above(0);
        return values.masked_select(channelsLast ? chosen.permute(0, 2, 3, 1) : chosen).MoveToOuterDisposeScope();
    }

    private static Tensor Spread(Layer layer, Tensor mask) => layer.Kind switch
    {
        LayerKind.Conv2d or LayerKind.DepthwiseConv2d => nn.functional.max_pool2d(
            mask, [layer.Weight.shape[2], layer.Weight.shape[3]], [layer.Stride, layer.Stride], [layer.Padding, layer.Padding], [1, 1], false),
        LayerKind.ConvTranspose2d => nn.functional.conv_transpose2d(
            mask, ones([1, 1, layer.Weight.shape[2], layer.Weight.shape[3]], device: mask.device), null, [layer.Stride, layer.Stride], [layer.Padding, layer.Padding]).Above(0).to(float32),
        _ => mask,
    };
}
