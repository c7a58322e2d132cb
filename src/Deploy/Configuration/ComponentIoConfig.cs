using System.ComponentModel;

namespace Deploy.Configuration;

/// <summary>Tensor names of one ONNX file, as in AWML's deploy config.</summary>
public sealed record ComponentIoConfig
{
    /// <summary>Inputs in graph order; empty keeps the standard names.</summary>
    [Description("Inputs in graph order; empty keeps the standard names.")]
    public IReadOnlyList<TensorConfig> Inputs { get; init; } = [];

    /// <summary>Outputs in graph order; empty keeps the standard names.</summary>
    [Description("Outputs in graph order; empty keeps the standard names.")]
    public IReadOnlyList<TensorConfig> Outputs { get; init; } = [];

    /// <summary>Tensor name to {axis: symbolic name}.</summary>
    [Description("Tensor name to {axis: symbolic name}.")]
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> DynamicAxes { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, string>>();
}
