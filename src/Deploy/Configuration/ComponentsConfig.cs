using System.ComponentModel;

namespace Deploy.Configuration;

/// <summary>The <c>components</c> section: the two files of a pillar CenterPoint, split where the scatter runs outside the engines.</summary>
public sealed record ComponentsConfig
{
    /// <summary>Pillar features: input_features [P, M, F] to pillar_features [P, 1, C].</summary>
    [Description("Pillar features: input_features [P, M, F] to pillar_features [P, 1, C].")]
    public ComponentConfig PtsVoxelEncoder { get; init; } = new() { OnnxFile = "pts_voxel_encoder.onnx", EngineFile = "pts_voxel_encoder.engine" };

    /// <summary>Everything after the scatter: spatial_features [1, C, ny, nx] to the head's outputs.</summary>
    [Description("Everything after the scatter: spatial_features [1, C, ny, nx] to the head's outputs.")]
    public ComponentConfig PtsBackboneNeckHead { get; init; } = new() { OnnxFile = "pts_backbone_neck_head.onnx", EngineFile = "pts_backbone_neck_head.engine" };
}
