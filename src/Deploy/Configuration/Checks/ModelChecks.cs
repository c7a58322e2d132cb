using System.Globalization;
using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Configuration.Checks;

/// <summary>Do the dimensions of the <c>model</c> section fit together? Canvas and channels here, the rest in <see cref="StrideChecks"/> and <see cref="HeadChecks"/>.</summary>
internal static class ModelChecks
{
    private const string Code = DiagnosticCodes.InconsistentModel;
    private const string Range = "model.point_cloud_range";
    private const string Voxel = "model.voxel_size";
    private const string Encoder = "model.pts_voxel_encoder";
    private const string Backbone = "model.pts_backbone";

    /// <summary>Cells along one axis: far above any real canvas, far below what memory could not hold.</summary>
    public const int MaxCells = 8192;

    /// <summary>Rounding of float32 ranges and sizes, in cells.</summary>
    public const double CellTolerance = 0.01;

    public static void Run(CheckContext context)
    {
        if (context.Config.Model is not { } model)
        {
            return;
        }

        Grid(context, model);
        Channels(context, model);
        StrideChecks.Run(context, model);
        HeadChecks.Run(context, model);
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
            else if (axis < 2 && cells > MaxCells)
            {
                context.Error(Code, context.AtItem(Voxel, axis), $"the canvas has {Show(Math.Round(cells))} cells along {name}; at most {MaxCells}");
            }
            else if (axis < 2 && Math.Abs(cells - Math.Round(cells)) > CellTolerance)
            {
                context.Error(Code, context.AtItem(Voxel, axis), $"voxel_size {name} {Show(model.VoxelSize[axis])} does not divide the range of {Show(span)} m ({Show(cells)} cells)");
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

    /// <summary>A number for a message.</summary>
    public static string Show(double value) => Math.Round(value, 4).ToString(CultureInfo.InvariantCulture);
}
