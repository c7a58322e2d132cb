using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Configuration.Checks;

/// <summary>Do the stages of the backbone and the branches of the neck meet at the head's grid?</summary>
internal static class StrideChecks
{
    private const string Code = DiagnosticCodes.InconsistentModel;
    private const string Voxel = "model.voxel_size";
    private const string Neck = "model.pts_neck";
    private const string Head = "model.pts_bbox_head";

    public static void Run(CheckContext context, ModelConfig model)
    {
        if (!BackboneChecks.Run(context, model.PtsBackbone) || !context.Usable(Neck + ".out_channels", Neck + ".upsample_strides"))
        {
            return;
        }

        var (backbone, neck) = (model.PtsBackbone, model.PtsNeck);
        var complete = SameCount(context, Neck + ".out_channels", neck.OutChannels.Count, backbone)
            & SameCount(context, Neck + ".upsample_strides", neck.UpsampleStrides.Count, backbone);
        if (!complete || !context.Usable(Head + ".out_size_factor"))
        {
            return;
        }

        var factor = model.PtsBboxHead.OutSizeFactor;
        var strides = backbone.OutputStrides;
        Branches(context, neck.UpsampleStrides, strides, factor);
        if (context.Usable("model.point_cloud_range", Voxel))
        {
            Divides(context, model, axis: 0, strides[^1], factor);
            Divides(context, model, axis: 1, strides[^1], factor);
        }
    }

    private static void Branches(CheckContext context, IReadOnlyList<double> upsample, IReadOnlyList<int> strides, int factor)
    {
        const string key = Neck + ".upsample_strides";
        var whole = true;
        for (var i = 0; i < upsample.Count; i++)
        {
            var kernel = upsample[i] >= 1 ? upsample[i] : 1 / upsample[i];
            if (Math.Abs(kernel - Math.Round(kernel)) > 1e-6)
            {
                whole = false;
                context.Error(Code, context.AtItem(key, i), $"upsample_strides {ModelChecks.Show(upsample[i])} must be whole, or 1 divided by a whole number");
            }
        }

        var sizes = upsample.Zip(strides, (up, stride) => stride / up).ToList();
        if (!whole || sizes.All(size => Math.Abs(size - factor) < 1e-6))
        {
            return;
        }

        if (sizes.All(size => Math.Abs(size - sizes[0]) < 1e-6))
        {
            context.Error(Code, Head + ".out_size_factor", $"out_size_factor is {factor}, but the neck's branches have stride {ModelChecks.Show(sizes[0])}");
            return;
        }

        var branches = string.Join(", ", sizes.Select(ModelChecks.Show));
        context.Error(Code, key, $"the neck's branches have strides {branches} and cannot be joined; each must be pts_bbox_head.out_size_factor, {factor}");
    }

    private static void Divides(CheckContext context, ModelConfig model, int axis, int stride, int factor)
    {
        var span = (double)model.PointCloudRange[axis + 3] - model.PointCloudRange[axis];
        var cells = Math.Round(span / model.VoxelSize[axis]);
        if (cells is > 0 and <= ModelChecks.MaxCells && Math.Abs((span / model.VoxelSize[axis]) - cells) <= ModelChecks.CellTolerance && (cells % stride != 0 || cells % factor != 0))
        {
            var step = Math.Max(stride, factor);
            context.Error(Code, Voxel, $"the canvas has {cells} cells along {"xyz"[axis]}, not a multiple of the strides' {step}; change voxel_size or point_cloud_range");
        }
    }

    private static bool SameCount(CheckContext context, string key, int count, BackboneConfig backbone)
    {
        var outputs = backbone.OutputChannels.Count;
        if (count != outputs)
        {
            var source = backbone.Type == "SECOND" ? "out_channels" : "out_indices";
            context.Error(Code, key, $"{key} has {count} values, but pts_backbone.{source} has {outputs} stages");
        }

        return count == outputs;
    }
}
