namespace Quant.Core.Export;

/// <summary>How a component's ONNX file meets its consumers: names, sizes and dynamic axes of input and outputs.</summary>
/// <param name="InputName">The graph input.</param>
/// <param name="InputShape">Fixed sizes make a static graph; the channel dimension is always fixed.</param>
/// <param name="OutputAxes">Names of the outputs' dynamic axes, axis → name; used where the size is not fixed.</param>
public sealed record OnnxInterface(string InputName, IReadOnlyList<OnnxDimension> InputShape, IReadOnlyDictionary<int, string> OutputAxes)
{
    /// <summary>
    /// The names and axes of AWML's deploy config: <c>input_features</c> [num_voxels, num_max_points, F] and
    /// <c>spatial_features</c> [batch_size, C, height, width]. As there, the outputs' axes carry the inputs' names although
    /// the maps may be smaller than the canvas.
    /// </summary>
    public static OnnxInterface Awml(ExportGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph.Layers.FirstOrDefault() is { Kind: Models.LayerKind.Linear } first
            ? new OnnxInterface(
                graph.Name == "pts_voxel_encoder" ? "input_features" : graph.Input,
                [OnnxDimension.Dynamic("num_voxels"), OnnxDimension.Dynamic("num_max_points"), OnnxDimension.Fixed(first.InputChannels)],
                new Dictionary<int, string> { [0] = "num_voxels" })
            : new OnnxInterface(
                graph.Name == "pts_backbone_neck_head" ? "spatial_features" : graph.Input,
                [OnnxDimension.Dynamic("batch_size"), OnnxDimension.Fixed(graph.Layers.FirstOrDefault()?.InputChannels ?? 1), OnnxDimension.Dynamic("height"), OnnxDimension.Dynamic("width")],
                new Dictionary<int, string> { [0] = "batch_size", [2] = "height", [3] = "width" });
    }

    /// <summary>The same interface with every input size fixed (Autoware's encoder batch, a fixed canvas).</summary>
    /// <param name="sizes">One per input dimension.</param>
    public OnnxInterface Fixed(params long[] sizes) => this with { InputShape = [.. sizes.Select(OnnxDimension.Fixed)] };
}
