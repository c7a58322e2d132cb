using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Deploy.Configuration.Binding;

namespace Deploy.Configuration;

/// <summary>One of the two files that a detector is exported to.</summary>
public sealed record ComponentConfig
{
    /// <summary>File name inside the onnx folders.</summary>
    [Description("File name inside the onnx folders.")]
    [FileName(".onnx")]
    public required string OnnxFile { get; init; }

    /// <summary>File name inside the engine folders.</summary>
    [Description("File name inside the engine folders.")]
    [FileName(".engine")]
    public required string EngineFile { get; init; }

    /// <summary>autoware fixes the number of pillars at max_voxels; awml leaves it open between 1000 and max_voxels.</summary>
    [Description("autoware fixes the number of pillars at max_voxels; awml leaves it open between 1000 and max_voxels.")]
    [AllowedValues("autoware", "awml")]
    public string Profile { get; init; } = "autoware";

    /// <summary>Input name to its shapes; overrides profile.</summary>
    [Description("Input name to its shapes; overrides profile.")]
    public IReadOnlyDictionary<string, TensorrtProfileConfig>? TensorrtProfile { get; init; }

    /// <summary>Tensor names where they differ from the standard ones.</summary>
    [Description("Tensor names where they differ from the standard ones.")]
    public ComponentIoConfig Io { get; init; } = new();
}
