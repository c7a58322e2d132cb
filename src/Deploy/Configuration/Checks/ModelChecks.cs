using System.Globalization;
using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Configuration.Checks;

/// <summary>Do the dimensions of the <c>model</c> section fit together?</summary>
internal static class ModelChecks
{
    private const string Code = DiagnosticCodes.InconsistentModel;
    private const string Range = "model.point_cloud_range";
    private const string Voxel = "model.voxel_size";
    private const string Encoder = "model.pts_voxel_encoder";
    private const string Backbone = "model.pts_backbone";
    private const string Neck = "model.pts_neck";
    private const string Head = "model.pts_bbox_head";

    /// <summary>Cells along one axis: far above any real canvas, far below what memory could not hold.</summary>
    private const int MaxCells = 8192;

    /// <summary>Rounding of float32 ranges and sizes, in cells.</summary>
    private const double CellTolerance = 0.01;

    /// <summary>Channels of the branches that the decoder reads; vel may be missing.</summary>
    private static readonly Dictionary<string, int> BranchChannels = new() { ["reg"] = 2, ["height"] = 1, ["dim"] = 3, ["rot"] = 2, ["vel"] = 2 };

    public static void Run(CheckContext context)
    {
        if (context.Config.Model is not { } model)
        {
            return;
        }

        Grid(context, model);
        Channels(context, model);
        Strides(context, model);
        Classes(context, model);
        Branches(context, model);
        Decoding(context, model);
    }

    private static void Grid(CheckContext context, ModelConfig model)
    {
        if (!context.Usable(Range, Voxel))
        {
            return;
        }

        for (var axis = 0; axis < 3; axis++)
        {
            var name = "xyz"[axis];
            var span = (double)model.PointCloudRange[axis + 3] - model.PointCloudRange[axis];
            var cells = span / model.VoxelSize[axis];
            if (span <= 0)
            {
                context.Error(Code, context.AtItem(Range, axis + 3), $"point_cloud_range ends before it starts along {name}");
            }
            else if (axis == 2 && cells > 1 + CellTolerance)
            {
                context.Error(Code, context.AtItem(Voxel, 2), $"voxel_size z is {Show(model.VoxelSize[2])}, but a pillar spans the whole range of {Show(span)} m");
            }
            else if (axis < 2 && Math.Abs(cells - Math.Round(cells)) > CellTolerance)
            {
                context.Error(Code, context.AtItem(Voxel, axis), $"voxel_size {name} {Show(model.VoxelSize[axis])} does not divide the range of {Show(span)} m ({Show(cells)} cells)");
            }
            else if (axis < 2 && cells > MaxCells)
            {
                context.Error(Code, context.AtItem(Voxel, axis), $"the canvas has {Show(cells)} cells along {name}; at most {MaxCells}");
            }
        }
    }

    private static void Channels(CheckContext context, ModelConfig model)
    {
        if (context.Usable(Encoder + ".feat_channels"))
        {
            var features = model.PtsVoxelEncoder.FeatChannels;
            for (var i = 0; i + 1 < features.Count; i++)
            {
                if (features[i] % 2 != 0)
                {
                    context.Error(Code, context.AtItem(Encoder + ".feat_channels", i), $"feat_channels {features[i]} must be even: the layer computes half and appends the maximum");
                }
            }

            if (context.Usable(Backbone + ".in_channels") && features[^1] != model.PtsBackbone.InChannels)
            {
                context.Error(Code, Backbone + ".in_channels", $"pts_backbone.in_channels is {model.PtsBackbone.InChannels}, but pts_voxel_encoder gives {features[^1]}");
            }
        }

        if (context.Usable(Encoder + ".in_channels", "dataset.use_dim") && context.Config.Dataset.UseDim.Count != model.PtsVoxelEncoder.InChannels)
        {
            var names = string.Join(", ", context.Config.Dataset.UseDim);
            context.Error(Code, Encoder + ".in_channels", $"pts_voxel_encoder.in_channels is {model.PtsVoxelEncoder.InChannels}, but dataset.use_dim names {context.Config.Dataset.UseDim.Count}: {names}");
        }
    }

    private static void Strides(CheckContext context, ModelConfig model)
    {
        if (!context.Usable(Backbone + ".out_channels", Backbone + ".layer_nums", Backbone + ".layer_strides", Neck + ".out_channels", Neck + ".upsample_strides"))
        {
            return;
        }

        var (backbone, neck) = (model.PtsBackbone, model.PtsNeck);
        var stages = backbone.OutChannels.Count;
        var complete = SameCount(context, Backbone + ".layer_nums", backbone.LayerNums.Count, stages)
            & SameCount(context, Backbone + ".layer_strides", backbone.LayerStrides.Count, stages)
            & SameCount(context, Neck + ".out_channels", neck.OutChannels.Count, stages)
            & SameCount(context, Neck + ".upsample_strides", neck.UpsampleStrides.Count, stages);
        if (!complete || !context.Usable(Head + ".out_size_factor"))
        {
            return;
        }

        var stride = 1;
        for (var stage = 0; stage < stages; stage++)
        {
            stride *= backbone.LayerStrides[stage];
            Branch(context, model, stage, stride);
        }

        var factor = model.PtsBboxHead.OutSizeFactor;
        if (context.Usable(Range, Voxel))
        {
            Divides(context, model.GridX, stride, factor, 'x');
            Divides(context, model.GridY, stride, factor, 'y');
        }
    }

    private static void Branch(CheckContext context, ModelConfig model, int stage, int stride)
    {
        var up = model.PtsNeck.UpsampleStrides[stage];
        var kernel = up >= 1 ? up : 1 / up;
        var at = context.AtItem(Neck + ".upsample_strides", stage);
        if (Math.Abs(kernel - Math.Round(kernel)) > 1e-6)
        {
            context.Error(Code, at, $"upsample_strides {Show(up)} must be whole, or 1 divided by a whole number");
        }
        else if (Math.Abs((stride / up) - model.PtsBboxHead.OutSizeFactor) > 1e-6)
        {
            context.Error(
                Code,
                at,
                $"branch {stage} of the neck has stride {stride} / {Show(up)} = {Show(stride / up)}; pts_bbox_head.out_size_factor is {model.PtsBboxHead.OutSizeFactor}");
        }
    }

    private static void Divides(CheckContext context, int cells, int stride, int factor, char axis)
    {
        var step = Math.Max(stride, factor);
        if (cells is > 0 and <= MaxCells && (cells % stride != 0 || cells % factor != 0))
        {
            context.Error(Code, Voxel, $"the canvas has {cells} cells along {axis}, not a multiple of the strides' {step}; change voxel_size or point_cloud_range");
        }
    }

    private static bool SameCount(CheckContext context, string key, int count, int stages)
    {
        if (count != stages)
        {
            context.Error(Code, key, $"{key} has {count} values, but pts_backbone.out_channels has {stages} stages");
        }

        return count == stages;
    }

    private static void Classes(CheckContext context, ModelConfig model)
    {
        if (!context.Usable(Head + ".tasks"))
        {
            return;
        }

        foreach (var task in model.PtsBboxHead.Tasks.Where(task => task.Count == 0))
        {
            context.Error(Code, Head + ".tasks", "a task of pts_bbox_head has no class");
        }

        foreach (var name in model.PtsBboxHead.ClassNames.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            context.Error(Code, Head + ".tasks", $"the class '{name}' stands twice in pts_bbox_head");
        }
    }

    private static void Branches(CheckContext context, ModelConfig model)
    {
        const string key = Head + ".common_heads";
        if (context.Usable(Head + ".final_kernel") && model.PtsBboxHead.FinalKernel % 2 == 0)
        {
            context.Error(Code, Head + ".final_kernel", $"final_kernel is {model.PtsBboxHead.FinalKernel}; it must be odd to keep the map's size");
        }

        if (!context.Usable(key))
        {
            return;
        }

        foreach (var (name, channels) in model.PtsBboxHead.CommonHeads)
        {
            var wanted = BranchChannels.GetValueOrDefault(name);
            if (wanted != channels)
            {
                var text = wanted == 0 ? $"the branch '{name}' is not implemented; branches: {string.Join(", ", BranchChannels.Keys)}" : $"the branch '{name}' has {channels} channels; it takes {wanted}";
                context.Error(DiagnosticCodes.NotImplemented, context.AtName(key, name), text);
            }
        }

        foreach (var name in BranchChannels.Keys.Where(name => name != "vel" && !model.PtsBboxHead.CommonHeads.ContainsKey(name)))
        {
            context.Error(DiagnosticCodes.MissingKey, key, $"common_heads lacks the branch '{name}', which boxes are decoded from");
        }
    }

    private static void Decoding(CheckContext context, ModelConfig model)
    {
        const string key = "model.test_cfg.";
        var test = model.TestCfg;
        if (context.Usable(key + "post_center_limit_range"))
        {
            for (var axis = 0; axis < 3; axis++)
            {
                if (test.PostCenterLimitRange[axis] >= test.PostCenterLimitRange[axis + 3])
                {
                    context.Error(Code, context.AtItem(key + "post_center_limit_range", axis + 3), $"post_center_limit_range ends before it starts along {"xyz"[axis]}");
                }
            }
        }

        if (context.Usable(key + "min_radius", Head + ".tasks") && context.IsWritten(key + "min_radius") && test.MinRadius.Count != model.PtsBboxHead.Tasks.Count)
        {
            context.Error(Code, key + "min_radius", $"min_radius has {test.MinRadius.Count} values, but pts_bbox_head has {model.PtsBboxHead.Tasks.Count} tasks");
        }
    }

    private static string Show(double value) => Math.Round(value, 4).ToString(CultureInfo.InvariantCulture);
}
