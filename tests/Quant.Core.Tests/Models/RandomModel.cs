using Quant.Core.Checkpoints;
using Quant.Core.Models;

namespace Quant.Core.Tests.Models;

/// <summary>State dicts with random weights and norms for any model section, with the key names of MMDetection3D written out.</summary>
internal static class RandomModel
{
    /// <summary>A tiny two-task model that has a transposed convolution, a strided one and a 1×1 one in its neck.</summary>
    public static ModelConfig TwoTasks { get; } = new()
    {
        PointCloudRange = [-8f, -8f, -3f, 8f, 8f, 5f],
        VoxelSize = [0.5f, 0.5f, 8f],
        MaxNumPoints = 4,
        MaxVoxels = 500,
        PtsVoxelEncoder = new() { Type = "PillarFeatureNet", InChannels = 5, FeatChannels = [8, 6] },
        PtsBackbone = new() { InChannels = 6, OutChannels = [4, 6, 8], LayerNums = [1, 0, 2], LayerStrides = [1, 2, 2] },
        PtsNeck = new() { OutChannels = [5, 6, 7], UpsampleStrides = [0.5, 1, 2], UseConvForNoStride = false },
        PtsBboxHead = new() { ShareConvChannel = 8, HeadConv = 6, FinalKernel = 3, Tasks = [["car"], ["bus", "pedestrian"]], OutSizeFactor = 2 },
    };

    /// <summary>Two ConvNeXt stages at the canvas' and half its resolution, the second twice as deep; its neck upsamples by 1 and 2.</summary>
    public static ModelConfig ConvNext { get; } = TwoTasks with
    {
        PtsBackbone = new()
        {
            Type = "ConvNeXt_PC",
            InChannels = 6,
            OutChannels = [6, 8, 10],
            Depths = [1, 2, 1],
            OutIndices = [1, 2],
            LayerScaleInitValue = 1,
            LargeArch = new() { Stages = [2], LargeKernelSizes = [5] },
        },
        PtsNeck = new() { OutChannels = [5, 7], UpsampleStrides = [1, 2], UseConvForNoStride = true },
    };

    public static StateDict StateDict(ModelConfig config, int seed)
    {
        var random = new Random(seed);
        var items = new List<KeyValuePair<string, CheckpointTensor>>();
        var channels = (long)config.PtsVoxelEncoder.DecoratedChannels;
        foreach (var (index, width) in config.PtsVoxelEncoder.FeatChannels.Index())
        {
            long units = index == config.PtsVoxelEncoder.FeatChannels.Count - 1 ? width : width / 2;
            Weight($"pts_voxel_encoder.pfn_layers.{index}.linear", units, channels);
            Norm($"pts_voxel_encoder.pfn_layers.{index}.norm", units);
            channels = width;
        }

        if (config.PtsBackbone.Type == "ConvNeXt_PC")
        {
            ConvNextKeys(config.PtsBackbone);
        }

        channels = config.PtsBackbone.InChannels;
        foreach (var (stage, width) in config.PtsBackbone.Type == "SECOND" ? config.PtsBackbone.OutChannels.Index() : [])
        {
            for (var conv = 0; conv <= config.PtsBackbone.LayerNums[stage]; conv++)
            {
                Weight($"pts_backbone.blocks.{stage}.{3 * conv}", width, channels, 3, 3);
                Norm($"pts_backbone.blocks.{stage}.{(3 * conv) + 1}", width);
                channels = width;
            }
        }

        foreach (var (branch, stride) in config.PtsNeck.UpsampleStrides.Index())
        {
            var transposed = stride > 1 || (stride == 1 && !config.PtsNeck.UseConvForNoStride);
            var (kernel, from, to) = ((long)Math.Round(transposed ? stride : 1 / stride), (long)config.PtsBackbone.OutputChannels[branch], (long)config.PtsNeck.OutChannels[branch]);
            Weight($"pts_neck.deblocks.{branch}.0", transposed ? from : to, transposed ? to : from, kernel, kernel);
            Norm($"pts_neck.deblocks.{branch}.1", to);
        }

        var head = config.PtsBboxHead;
        Weight("pts_bbox_head.shared_conv.conv", head.ShareConvChannel, config.PtsNeck.OutChannels.Sum(), 3, 3);
        Norm("pts_bbox_head.shared_conv.bn", head.ShareConvChannel);
        foreach (var (task, classes) in head.Tasks.Index())
        {
            foreach (var (name, outputs) in head.CommonHeads.Append(new("heatmap", classes.Count)))
            {
                var prefix = $"pts_bbox_head.task_heads.{task}.{name}";
                Weight($"{prefix}.0.conv", head.HeadConv, head.ShareConvChannel, head.FinalKernel, head.FinalKernel);
                Norm($"{prefix}.0.bn", head.HeadConv);
                Weight($"{prefix}.1", outputs, head.HeadConv, head.FinalKernel, head.FinalKernel);
                Add($"{prefix}.1.bias", 1, 0, outputs);
            }
        }

        return new StateDict(items);

        void ConvNextKeys(BackboneConfig backbone)
        {
            var before = backbone.InChannels;
            foreach (var (stage, depth) in backbone.Depths.Index())
            {
                var width = stage == 0 ? backbone.InChannels : backbone.OutChannels[stage];
                var large = backbone.LargeArch?.Stages.ToList().IndexOf(stage) ?? -1;
                var kernel = large < 0 ? 7 : backbone.LargeArch!.LargeKernelSizes[large];
                if (stage >= backbone.FirstDownsample)
                {
                    Scales($"pts_backbone.downsample_layers.{stage}.0", before);
                    Weight($"pts_backbone.downsample_layers.{stage}.1", width, before, 2, 2);
                    Add($"pts_backbone.downsample_layers.{stage}.1.bias", 0.2, 0, width);
                }

                for (var block = 0; block < depth; block++)
                {
                    var prefix = $"pts_backbone.stages.{stage}.{block}";
                    Weight($"{prefix}.depthwise_conv", width, 1, kernel, kernel);
                    Add($"{prefix}.depthwise_conv.bias", 0.2, 0, width);
                    Scales($"{prefix}.norm", width);
                    Weight($"{prefix}.pointwise_conv1", 4 * width, width);
                    Add($"{prefix}.pointwise_conv1.bias", 0.2, 0, 4 * width);
                    Weight($"{prefix}.pointwise_conv2", width, 4 * width);
                    Add($"{prefix}.pointwise_conv2.bias", 0.2, 0, width);
                    if (backbone.LayerScaleInitValue > 0)
                    {
                        Add($"{prefix}.gamma", 0.4, 0.8, width);
                    }
                }

                if (backbone.OutIndices.Contains(stage))
                {
                    Scales($"pts_backbone.norm{stage}", width);
                }

                before = width;
            }
        }

        void Scales(string name, long count)
        {
            Add($"{name}.weight", 0.4, 1, count);
            Add($"{name}.bias", 0.3, 0.1, count);
        }

        void Weight(string name, params long[] shape) => Add($"{name}.weight", 1.5 / Math.Sqrt(shape.Skip(1).Aggregate(1L, (a, b) => a * b)), 0, shape);

        void Norm(string name, long count)
        {
            Add($"{name}.weight", 0.4, 1, count);
            Add($"{name}.bias", 0.3, 0.1, count);
            Add($"{name}.running_mean", 0.2, 0, count);
            Add($"{name}.running_var", 0.3, 1, count);
        }

        void Add(string name, double spread, double mean, params long[] shape)
        {
            var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
            for (var index = 0; index < values.Length; index++)
            {
                values[index] = (float)(mean + (spread * ((2 * random.NextDouble()) - 1)));
            }

            items.Add(new(name, CheckpointTensor.FromFloat32(values, shape)));
        }
    }

    /// <summary>A frame's first pillars alone.</summary>
    public static PillarBatch First(PillarBatch pillars, int count) => pillars with
    {
        Points = pillars.Points[..(pillars.PointCounts[..count].Sum() * pillars.FeatureCount)],
        Coordinates = pillars.Coordinates[..(4 * count)],
        PointCounts = pillars.PointCounts[..count],
    };

    public static PillarBatch Pillars(ModelConfig config, int seed, int points = 400)
    {
        var random = new Random(seed);
        var columns = config.PtsVoxelEncoder.InChannels;
        var values = new float[points * columns];
        for (var point = 0; point < points; point++)
        {
            for (var axis = 0; axis < columns; axis++)
            {
                var (low, high) = axis < 3 ? (config.PointCloudRange[axis], config.PointCloudRange[axis + 3]) : (0f, 1f);
                values[(point * columns) + axis] = low + ((high - low) * random.NextSingle());
            }
        }

        return Voxelizer.Voxelize(new PointCloud(values, columns), config);
    }
}
