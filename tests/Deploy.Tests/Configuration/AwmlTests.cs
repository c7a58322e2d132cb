using Deploy.Configuration;
using Xunit;

namespace Deploy.Tests.Configuration;

public sealed class AwmlTests : IDisposable
{
    /// <summary>The backbone and neck of AWML's pillar_020_convnext_standard_secfpn_4xb8_121m_base, and what it leaves at the class' defaults.</summary>
    private const string ConvNext = """
        checkpoint_path: epoch_30.pth
        model:
          point_cloud_range: [-121.6, -121.6, -3.0, 121.6, 121.6, 5.0]
          voxel_size: [0.2, 0.2, 8.0]
          pts_voxel_encoder: {type: BackwardPillarFeatureNet, in_channels: 4, feat_channels: [32, 32]}
          pts_backbone:
            type: ConvNeXt_PC
            in_channels: 32
            out_channels: [32, 192, 192, 192, 192]
            depths: [3, 3, 2, 1, 1]
            out_indices: [2, 3, 4]
            drop_path_rate: 0.4
            layer_scale_init_value: 1.0
            gap_before_final_norm: False
            with_cp: True
            first_downsample: 1
            large_arch: null
            norm_cfg: {type: LN2d, eps: 1.0e-6}
            act_cfg: {type: GELU}
            linear_pw_conv: True
            frozen_stages: 0
            stem_patch_size: 4
            init_cfg: null
          pts_neck:
            type: SECONDFPN
            in_channels: [192, 192, 192]
            out_channels: [128, 128, 128]
            upsample_strides: [1, 2, 4]
            norm_cfg: {type: BN, eps: 0.001, momentum: 0.01}
            upsample_cfg: {type: deconv, bias: False}
            use_conv_for_no_stride: True
          pts_bbox_head: {class_names: [car, truck, bus, bicycle, pedestrian], out_size_factor: 4}
        """;

    /// <summary>The keys and places of AWML's second_secfpn_8xb16_121m_base_amp after its own inheritance.</summary>
    private const string Base = """
        checkpoint_path: epoch_50.pth
        model:
          type: CenterPoint
          data_preprocessor:
            type: Det3DDataPreprocessor
            voxel: True
            voxel_type: hard
            voxel_layer:
              max_num_points: 32
              voxel_size: [0.24, 0.24, 8.0]
              point_cloud_range: [-122.4, -122.4, -3.0, 122.4, 122.4, 5.0]
              max_voxels: [64000, 96000]
              deterministic: True
          pts_voxel_encoder:
            type: PillarFeatureNet
            in_channels: 4
            feat_channels: [32, 32]
            with_distance: False
            with_cluster_center: True
            with_voxel_center: True
            legacy: False
            mode: max
            voxel_size: [0.24, 0.24, 8.0]
            point_cloud_range: [-122.4, -122.4, -3.0, 122.4, 122.4, 5.0]
            norm_cfg: {type: BN1d, eps: 0.001, momentum: 0.01}
          pts_middle_encoder: {type: PointPillarsScatter, in_channels: 32, output_shape: [1020, 1020]}
          pts_backbone:
            type: SECOND
            in_channels: 32
            out_channels: [64, 128, 256]
            layer_nums: [3, 5, 5]
            layer_strides: [1, 2, 2]
            norm_cfg: {type: BN, eps: 1.0e-3, momentum: 0.01}
            conv_cfg: {type: Conv2d, bias: False}
          pts_neck:
            type: SECONDFPN
            in_channels: [64, 128, 256]
            out_channels: [128, 128, 128]
            upsample_strides: [0.5, 1, 2]
            norm_cfg: {type: BN, eps: 0.001, momentum: 0.01}
            upsample_cfg: {type: deconv, bias: False}
            use_conv_for_no_stride: True
          pts_bbox_head:
            type: CenterHead
            in_channels: 384
            tasks:
              - {num_class: 5, class_names: [car, truck, bus, bicycle, pedestrian]}
            common_heads: {reg: [2, 2], height: [1, 2], dim: [3, 2], rot: [2, 2], vel: [2, 2]}
            share_conv_channel: 64
            bbox_coder:
              type: CenterPointBBoxCoder
              pc_range: [-122.4, -122.4]
              voxel_size: [0.24, 0.24]
              post_center_range: [-200.0, -200.0, -10.0, 200.0, 200.0, 10.0]
              max_num: 400
              score_threshold: 0.15
              out_size_factor: 2
              code_size: 9
              y_axis_reference: False
            separate_head: {type: CustomSeparateHead, init_bias: -4.595, final_kernel: 1}
            loss_cls: {type: mmdet.AmpGaussianFocalLoss, reduction: none, loss_weight: 1.0}
            loss_bbox: {type: mmdet.L1Loss, reduction: mean, loss_weight: 0.25}
            norm_bbox: True
          train_cfg: {pts: {dense_reg: 1, gaussian_overlap: 0.1}}
          test_cfg:
            pts:
              nms_type: circle
              min_radius: [1.0]
              post_max_size: 100
              post_center_limit_range: [-200.0, -200.0, -10.0, 200.0, 200.0, 10.0]
              grid_size: [1020, 1020, 1]
              out_size_factor: 2
              voxel_size: [0.24, 0.24, 8.0]
              pc_range: [-122.4, -122.4, -3.0, 122.4, 122.4, 5.0]
        dataset:
          load_dim: 5
          use_dim: [0, 1, 2, 4]
          sweeps_num: 1
          merge_objects: [[truck, [truck, bus]]]
          merge_type: extend_longer
          filter_attributes: [[vehicle.bicycle, vehicle_state.parked], [vehicle.bicycle, cycle_state.without_rider]]
        onnx_config: {opset_version: 17, do_constant_folding: True, export_params: True, keep_initializers_as_inputs: False, simplify: False}
        tensorrt_config: {precision_policy: fp16, max_workspace_size: 2147483648}
        components:
          pts_voxel_encoder:
            name: pts_voxel_encoder
            onnx_file: pts_voxel_encoder.onnx
            engine_file: pts_voxel_encoder.engine
            io:
              inputs: [{name: input_features, dtype: float32}]
              outputs: [{name: pillar_features, dtype: float32}]
              dynamic_axes: {input_features: {0: num_voxels, 1: num_max_points}, pillar_features: {0: num_voxels}}
            tensorrt_profile:
              input_features: {min_shape: [1000, 32, 10], opt_shape: [20000, 32, 10], max_shape: [96000, 32, 10]}
          pts_backbone_neck_head:
            tensorrt_profile:
              spatial_features: {min_shape: [1, 32, 1020, 1020], opt_shape: [1, 32, 1020, 1020], max_shape: [1, 32, 1020, 1020]}

        """;

    private readonly ConfigFolder folder = new();

    [Fact]
    public void Every_key_of_the_ConvNeXt_backbone_is_understood()
    {
        var loaded = folder.Load(ConvNext);

        Assert.Empty(loaded.Warnings);
        var backbone = loaded.Config.Model.PtsBackbone;
        Assert.Equal([3, 3, 2, 1, 1], backbone.Depths);
        Assert.Equal((1, 1.0, null), (backbone.FirstDownsample, backbone.LayerScaleInitValue, backbone.LargeArch));
        Assert.Equal([192, 192, 192], backbone.OutputChannels);
    }

    [Theory]
    [InlineData("depths: [3, 3, 2, 1, 1]", "depths: [3, 3]", "error QNT0230: depths has 2 values, but out_channels has 5 stages")]
    [InlineData("out_indices: [2, 3, 4]", "out_indices: [1, 2, 3]", "error QNT0230: out_indices [1, 2, 3] leaves out the last stage, 4, which nothing would read; shorten depths and out_channels")]
    [InlineData("large_arch: null", "large_arch: {stages: [3, 6], large_kernel_sizes: [9, 9]}", "error QNT0230: large_arch.stages names stage 6; the 5 stages are 0 to 4")]
    [InlineData("large_arch: null", "large_arch: {stages: [3], large_kernel_sizes: [8]}", "error QNT0230: large_kernel_sizes holds 8; a kernel must be odd so that a block keeps its resolution")]
    [InlineData("depths: [3, 3, 2, 1, 1]", "layer_nums: [2, 3, 3]", "error QNT0231: layer_nums belongs to pts_backbone.type SECOND, and the type is ConvNeXt_PC; remove one of the two")]
    [InlineData("{type: LN2d, eps: 1.0e-6}", "{type: BN}", "model.pts_backbone.norm_cfg.type is BN; implemented: LN2d")]
    [InlineData("{type: LN2d, eps: 1.0e-6}", "{type: LN2d, eps: 1.0e-3}", "implemented: 1e-6")]
    [InlineData("gap_before_final_norm: False", "gap_before_final_norm: True", "model.pts_backbone.gap_before_final_norm is True; implemented: false")]
    [InlineData("in_channels: [192, 192, 192]", "in_channels: [128, 192, 192]", "model.pts_neck.in_channels is 128, 192, 192, but pts_backbone.out_channels at out_indices is 192, 192, 192")]
    [InlineData("first_downsample: 1", "first_downsample: 0", "out_size_factor is 4, but the neck's branches have stride 8")]
    public void A_mistake_in_the_ConvNeXt_backbone_is_told_with_its_place(string right, string wrong, string message)
    {
        Assert.Contains(right, ConvNext, StringComparison.Ordinal);

        var problem = Assert.Single(folder.Problems(ConvNext.Replace(right, wrong, StringComparison.Ordinal)));

        Assert.StartsWith("c.yaml(", problem, StringComparison.Ordinal);
        Assert.Contains(message, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ConvNeXt_key_in_a_SECOND_backbone_is_told()
    {
        var problems = folder.Problems(ConvNext.Replace("type: ConvNeXt_PC", "type: SECOND", StringComparison.Ordinal));

        Assert.Contains(problems, problem => problem.Contains("QNT0231: depths belongs to pts_backbone.type ConvNeXt_PC, and the type is SECOND", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("quantize_kinds: [Linear, Add]", null)]
    [InlineData("quantize_kinds: [LayerNorm]", "QNT0105")]
    [InlineData("quantize_kinds: []", "quantization.quantize_kinds is empty")]
    public void Kinds_are_checked(string line, string? problem)
    {
        var text = ConvNext + "\nquantization:\n  " + line + "\n";
        if (problem is null)
        {
            Assert.Equal(["Linear", "Add"], folder.Load(text).Config.Quantization.QuantizeKinds);
        }
        else
        {
            Assert.Contains(problem, Assert.Single(folder.Problems(text)), StringComparison.Ordinal);
        }
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_config_in_the_terms_of_AWML_is_accepted()
    {
        var loaded = folder.Load(Base);
        var (model, dataset) = (loaded.Config.Model, loaded.Config.Dataset);

        Assert.Equal((32, 96000, 1020, 1020), (model.MaxNumPoints, model.MaxVoxels, model.GridX, model.GridY));
        Assert.Equal(["car", "truck", "bus", "bicycle", "pedestrian"], Assert.Single(model.PtsBboxHead.Tasks));
        Assert.Equal((2, 1, 64), (model.PtsBboxHead.OutSizeFactor, model.PtsBboxHead.FinalKernel, model.PtsBboxHead.HeadConv));
        Assert.Equal(["reg", "height", "dim", "rot", "vel"], model.PtsBboxHead.CommonHeads.Keys);
        Assert.Equal([2, 1, 3, 2, 2], model.PtsBboxHead.CommonHeads.Values);
        Assert.Equal((400, 0.15f, 100), (model.TestCfg.MaxNum, model.TestCfg.ScoreThreshold, model.TestCfg.PostMaxSize));
        Assert.Equal([1.0f], model.TestCfg.MinRadius);
        Assert.Equal(["x", "y", "z", "time"], dataset.UseDim);
        Assert.Equal(["truck", "bus"], dataset.MergeObjects!["truck"]);
        Assert.Equal(["vehicle_state.parked", "cycle_state.without_rider"], dataset.FilterAttributes!["vehicle.bicycle"]);
        Assert.Equal(("fp16", 2147483648), (loaded.Config.BackendConfig.CommonConfig.PrecisionPolicy, loaded.Config.BackendConfig.CommonConfig.MaxWorkspaceSize));
        var encoder = loaded.Config.Components.PtsVoxelEncoder;
        Assert.Equal([96000, 32, 10], encoder.TensorrtProfile!["input_features"].MaxShape);
        Assert.Equal("num_voxels", encoder.Io.DynamicAxes["pillar_features"]["0"]);
        Assert.Empty(loaded.Warnings);
    }

    [Fact]
    public void A_moved_value_keeps_its_place()
    {
        var loaded = folder.Load(Base);

        Assert.EndsWith(Place(Base, "max_num: 400", "400"), loaded.LocationOf("model.test_cfg.max_num")!.ToString(), StringComparison.Ordinal);
        Assert.EndsWith(Place(Base, "max_voxels: [64000, 96000]", "96000"), loaded.LocationOf("model.max_voxels")!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_canonical_form_and_the_AWML_form_give_the_same_model()
    {
        var shipped = ConfigLoader.Load(Path.Combine(ConfigFolder.Repository, "deploy_configs", "awml_second_secfpn_121m_int8.yaml"), []);
        var awml = folder.Load(Base, "model.pts_bbox_head.bbox_coder.max_num=500", "model.pts_bbox_head.bbox_coder.score_threshold=0.1");

        var rows = ConfigOrigin.List(shipped).Where(row => row.Key.StartsWith("model.", StringComparison.Ordinal)).Select(row => (row.Key, row.Value));
        Assert.Equal(rows, ConfigOrigin.List(awml).Where(row => row.Key.StartsWith("model.", StringComparison.Ordinal)).Select(row => (row.Key, row.Value)));
    }

    [Theory]
    [InlineData("with_distance: False", "with_distance: true", "true", "error QNT0115: model.pts_voxel_encoder.with_distance is true; implemented: false")]
    [InlineData("legacy: False", "legacy: true", "true", "error QNT0115: model.pts_voxel_encoder.legacy is true; implemented: false")]
    [InlineData("{type: BN1d, eps: 0.001,", "{type: BN1d, eps: 0.00001,", "0.00001", "error QNT0115: model.pts_voxel_encoder.norm_cfg.eps is 0.00001; implemented: 0.001")]
    [InlineData("norm_cfg: {type: BN1d", "norm_cfg: {type: LN", "LN", "error QNT0115: model.pts_voxel_encoder.norm_cfg.type is LN; implemented: BN1d, BN, SyncBN, naiveSyncBN1d")]
    [InlineData("y_axis_reference: False", "y_axis_reference: True", "True", "error QNT0115: model.pts_bbox_head.bbox_coder.y_axis_reference is True; implemented: false")]
    [InlineData("CustomSeparateHead", "DCNSeparateHead", "DCN", "error QNT0115: model.pts_bbox_head.separate_head.type is DCNSeparateHead; implemented: SeparateHead, CustomSeparateHead")]
    [InlineData("in_channels: [64, 128, 256]", "in_channels: [64, 128, 512]", "[", "error QNT0116: model.pts_neck.in_channels is 64, 128, 512, but pts_backbone.out_channels is 64, 128, 256")]
    [InlineData("in_channels: 384", "in_channels: 256", "256", "error QNT0116: model.pts_bbox_head.in_channels is 256, but the sum of pts_neck.out_channels is 384")]
    [InlineData("output_shape: [1020, 1020]", "output_shape: [512, 512]", "[", "error QNT0116: model.pts_middle_encoder.output_shape is 512, 512, but the grid (ny, nx) is 1020, 1020")]
    [InlineData("num_class: 5", "num_class: 4", "4", "error QNT0116: num_class is 4, but class_names has 5")]
    [InlineData("rot: [2, 2]", "rot: [2, 3]", "3", "error QNT0115: model.pts_bbox_head.common_heads.rot has 3 convolutions; implemented: 2")]
    [InlineData("code_size: 9", "code_size: 7", "7", "error QNT0116: model.pts_bbox_head.bbox_coder.code_size is 7, but the values of a box is 9")]
    [InlineData("score_threshold: 0.15", "score_treshold: 0.15", "score", "error QNT0102: unknown key 'score_treshold' in model.pts_bbox_head.bbox_coder; did you mean 'score_threshold'?")]
    [InlineData("load_dim: 5", "load_dim: 4", "4", "error QNT0116: dataset.load_dim is 4, but the number of dataset.point_columns is 5")]
    [InlineData("use_dim: [0, 1, 2, 4]", "use_dim: [0, 1, 2, 5]", "5", "error QNT0105: dataset.use_dim names '5'; the file holds x, y, z, intensity, ring, and time is computed")]
    [InlineData("input_features: {min_shape: [1000, 32, 10], opt_shape: [20000, 32, 10], max_shape: [96000, 32, 10]}", "input_features: {min_shape: [1000, 32, 10], opt_shape: [20000, 32, 10], max_shape: [96000, 32, 11]}", "input", "error QNT0116: components.pts_voxel_encoder.tensorrt_profile.input_features has 10 to 11 for axis 2; the model has 10")]
    [InlineData("input_features: {min_shape: [1000, 32, 10], opt_shape: [20000", "input_features: {min_shape: [1000, 32, 10], opt_shape: [200", "input", "error QNT0116: components.pts_voxel_encoder.tensorrt_profile.input_features has 1000, 200, 96000 for axis 0; they must not fall from min_shape over opt_shape to max_shape")]
    [InlineData("type: SECOND\n", "type: ResNet\n", "ResNet", "error QNT0105: model.pts_backbone.type is 'ResNet'; allowed: SECOND, ConvNeXt_PC")]
    public void What_is_not_implemented_or_does_not_agree_is_refused_at_its_place(string from, string to, string at, string problem)
    {
        Assert.Contains(from, Base, StringComparison.Ordinal);
        var text = Base.Replace(from, to, StringComparison.Ordinal);

        Assert.Equal([$"{Place(text, to, at)}: {problem}"], folder.Problems(text));
    }

    [Fact]
    public void Two_places_of_one_value_must_agree()
    {
        var text = Base.Replace("post_max_size: 100\n", "post_max_size: 100\n      max_num: 500\n", StringComparison.Ordinal);

        Assert.Equal(
            [$"{Place(text, "max_num: 400", "400")}: error QNT0108: max_num is 400 here and 500 at {Place(text, "max_num: 500", "500")}; both mean model.test_cfg.max_num, keep one"],
            folder.Problems(text));
    }

    [Fact]
    public void Several_tasks_keep_their_order_and_share_one_radius()
    {
        var model = folder.LoadMinimal("", "model.pts_bbox_head={_delete_: true, out_size_factor: 2, tasks: [{class_names: [car]}, {class_names: [truck, bus]}]}", "model.test_cfg.min_radius=0.5").Config.Model;

        Assert.Equal(["car", "truck", "bus"], model.PtsBboxHead.ClassNames);
        Assert.Equal([0.5f, 0.5f], model.TestCfg.MinRadius);
    }

    [Fact]
    public void A_default_radius_is_given_to_every_task()
    {
        var model = folder.LoadMinimal("", "model.pts_bbox_head={_delete_: true, out_size_factor: 2, tasks: [[car], [truck], [bus]]}").Config.Model;

        Assert.Equal([1f, 1f, 1f], model.TestCfg.MinRadius);
    }

    [Fact]
    public void A_dotted_key_at_the_top_level_is_unknown_and_not_followed()
    {
        var line = Assert.Single(folder.ProblemsOfMinimal("model.max_voxels: [1, 2]\n"));

        Assert.Contains("QNT0102: unknown key 'model.max_voxels'", line, StringComparison.Ordinal);
    }

    /// <summary>The place of a text inside the first occurrence of another, counted here.</summary>
    private static string Place(string text, string within, string at)
    {
        var before = text[..(text.IndexOf(within, StringComparison.Ordinal) + within.IndexOf(at, StringComparison.Ordinal))];
        return $"c.yaml({before.Count(c => c == '\n') + 1},{before.Length - before.LastIndexOf('\n')})";
    }
}
