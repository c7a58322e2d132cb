namespace Deploy.Engines.TensorRt;

/// <summary>An input of an ONNX graph.</summary>
/// <param name="Name">Tensor name.</param>
/// <param name="Shape">Sizes; null where the graph leaves one open.</param>
public sealed record OnnxInput(string Name, IReadOnlyList<int?> Shape)
{
    /// <summary>True when at least one size is open, so that the builder needs a profile.</summary>
    public bool IsDynamic => Shape.Any(size => size is null);
}
