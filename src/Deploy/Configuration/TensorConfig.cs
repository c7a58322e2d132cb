using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Deploy.Configuration;

/// <summary>Name and type of a graph input or output.</summary>
public sealed record TensorConfig
{
    /// <summary>Tensor name in the ONNX graph.</summary>
    [Description("Tensor name in the ONNX graph.")]
    [RegularExpression(@"^[A-Za-z_][A-Za-z0-9_.]*$", ErrorMessage = "letters, digits, '_' and '.'")]
    public required string Name { get; init; }

    /// <summary>Only float32: Autoware's buffers are.</summary>
    [Description("Only float32: Autoware's buffers are.")]
    [AllowedValues("float32")]
    public string Dtype { get; init; } = "float32";
}
