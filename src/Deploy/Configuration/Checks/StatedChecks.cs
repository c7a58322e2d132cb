using Deploy.Configuration.Reading;
using Quant.Core.Diagnostics;

namespace Deploy.Configuration.Checks;

/// <summary>Do the values that a training config repeats agree with the ones they repeat?</summary>
internal static class StatedChecks
{
    private const string Head = "model.pts_bbox_head";
    private const string TestCfg = "model.test_cfg";

    public static void Run(CheckContext context)
    {
        if (context.Stated.Count == 0)
        {
            return;
        }

        Agree(context, "dataset.load_dim", "the number of dataset.point_columns", () => [context.Config.Dataset.PointColumns.Count], "dataset.point_columns");
        if (context.Config.Model is not { } model)
        {
            return;
        }

        foreach (var section in new[] { "model.pts_voxel_encoder", Head + ".bbox_coder", TestCfg })
        {
            Agree(context, section + ".voxel_size", "model.voxel_size", () => Doubles(model.VoxelSize), "model.voxel_size");
            Agree(context, section + ".pc_range", "model.point_cloud_range", () => Doubles(model.PointCloudRange), "model.point_cloud_range");
            Agree(context, section + ".point_cloud_range", "model.point_cloud_range", () => Doubles(model.PointCloudRange), "model.point_cloud_range");
        }

        Agree(context, TestCfg + ".grid_size", "the grid", () => [model.GridX, model.GridY, 1], "model.voxel_size", "model.point_cloud_range");
        Agree(context, TestCfg + ".out_size_factor", "pts_bbox_head.out_size_factor", () => [model.PtsBboxHead.OutSizeFactor], Head + ".out_size_factor");
        Agree(context, "model.pts_middle_encoder.output_shape", "the grid (ny, nx)", () => [model.GridY, model.GridX], "model.voxel_size", "model.point_cloud_range");
        Agree(context, "model.pts_middle_encoder.in_channels", "the encoder's last feat_channels", () => [model.PtsVoxelEncoder.FeatChannels[^1]], "model.pts_voxel_encoder.feat_channels");
        Agree(context, "model.pts_neck.in_channels", model.PtsBackbone.Type == "SECOND" ? "pts_backbone.out_channels" : "pts_backbone.out_channels at out_indices", () => [.. model.PtsBackbone.OutputChannels], "model.pts_backbone");
        Agree(context, Head + ".in_channels", "the sum of pts_neck.out_channels", () => [model.PtsNeck.OutChannels.Sum()], "model.pts_neck.out_channels");
        Agree(context, Head + ".bbox_coder.code_size", "the values of a box", () => [model.PtsBboxHead.CommonHeads.ContainsKey("vel") ? 9 : 7], Head + ".common_heads");
    }

    private static void Agree(CheckContext context, string path, string meaning, Func<double[]> wanted, params string[] sources)
    {
        if (!context.Stated.TryGetValue(path, out var node) || !context.Usable(sources))
        {
            return;
        }

        // bbox_coder states x and y only.
        var values = wanted();
        var items = node is ListNode list ? list.Items : [node];
        var numbers = items.Select(item => Scalars.TryNumber(item, out var value) ? value : double.NaN).ToList();
        var shorter = path.EndsWith(".voxel_size", StringComparison.Ordinal) || path.EndsWith(".pc_range", StringComparison.Ordinal);
        var counts = numbers.Count == values.Length || (shorter && numbers.Count == 2);
        if (!counts || numbers.Zip(values).Any(pair => !(Math.Abs(pair.First - pair.Second) <= 1e-5 * Math.Max(1, Math.Abs(pair.Second)))))
        {
            var given = string.Join(", ", items.Select(Scalars.Show));
            var text = FormattableString.Invariant($"{path} is {given}, but {meaning} is ");
            context.Error(DiagnosticCodes.InconsistentModel, node.Location, text + string.Join(", ", values.Select(value => FormattableString.Invariant($"{(float)value}"))));
        }
    }

    private static double[] Doubles(IReadOnlyList<float> values) => [.. values.Select(value => (double)value)];
}
