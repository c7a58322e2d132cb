using Quant.Core.Models;

namespace Quant.Core.Tests.Models;

/// <summary>The model section of the trained sample (simulated scenes, 5 classes).</summary>
internal static class SmallModel
{
    public static ModelConfig Config { get; } = new()
    {
        PointCloudRange = [-51.2f, -51.2f, -3f, 51.2f, 51.2f, 5f],
        VoxelSize = [0.4f, 0.4f, 8f],
        MaxNumPoints = 32,
        MaxVoxels = 20000,
        PtsVoxelEncoder = new() { Type = "BackwardPillarFeatureNet", InChannels = 4, FeatChannels = [32, 32] },
        PtsBackbone = new() { InChannels = 32, OutChannels = [32, 64, 128], LayerNums = [2, 3, 3], LayerStrides = [1, 2, 2] },
        PtsNeck = new() { OutChannels = [64, 64, 64], UpsampleStrides = [0.5, 1, 2] },
        PtsBboxHead = new() { ShareConvChannel = 32, HeadConv = 32, Tasks = [["car", "truck", "bus", "bicycle", "pedestrian"]], OutSizeFactor = 2 },
        TestCfg = new() { MaxNum = 500, ScoreThreshold = 0.1f, MinRadius = [1f], PostMaxSize = 200 },
    };
}
