namespace Quant.Core.Models;

/// <summary>The <c>model</c> section: every dimension of a pillar CenterPoint, in AWML's and MMDetection3D's terms.</summary>
public sealed record ModelConfig
{
    /// <summary>Only <c>CenterPoint</c>.</summary>
    public string Type { get; init; } = "CenterPoint";

    /// <summary>[x_min, y_min, z_min, x_max, y_max, z_max] in metres.</summary>
    public required IReadOnlyList<float> PointCloudRange { get; init; }

    /// <summary>[x, y, z] in metres; z spans the whole range.</summary>
    public required IReadOnlyList<float> VoxelSize { get; init; }

    /// <summary>M: points kept in a pillar, the first in file order.</summary>
    public int MaxNumPoints { get; init; } = 32;

    /// <summary>Pillars kept in a frame, the first in file order.</summary>
    public int MaxVoxels { get; init; } = 40000;

    /// <summary>The pillar feature net.</summary>
    public required VoxelEncoderConfig PtsVoxelEncoder { get; init; }

    /// <summary>The 2D backbone.</summary>
    public required BackboneConfig PtsBackbone { get; init; }

    /// <summary>The feature pyramid.</summary>
    public required NeckConfig PtsNeck { get; init; }

    /// <summary>The head.</summary>
    public required HeadConfig PtsBboxHead { get; init; }

    /// <summary>Decoding and non-maximum suppression.</summary>
    public TestConfig TestCfg { get; init; } = new();

    /// <summary>Cells along x: round((max − min)/voxel), as mmcv.</summary>
    public int GridX => (int)MathF.Round((PointCloudRange[3] - PointCloudRange[0]) / VoxelSize[0]);

    /// <summary>Cells along y.</summary>
    public int GridY => (int)MathF.Round((PointCloudRange[4] - PointCloudRange[1]) / VoxelSize[1]);
}
