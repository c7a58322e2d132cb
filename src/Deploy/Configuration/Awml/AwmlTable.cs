using static Deploy.Configuration.Awml.AwmlUse;

namespace Deploy.Configuration.Awml;

/// <summary>
/// The keys and places of AWML's and MMDetection3D's configs that are accepted. Values that the framework implements and this
/// program does not are refused, so that a config never means something else here.
/// </summary>
internal static class AwmlTable
{
    private const string Encoder = "model.pts_voxel_encoder";
    private const string Backbone = "model.pts_backbone";
    private const string Neck = "model.pts_neck";
    private const string Head = "model.pts_bbox_head";
    private const string Coder = Head + ".bbox_coder";
    private const string Preprocessor = "model.data_preprocessor";
    private const string TestCfg = "model.test_cfg";
    private static readonly string[] VoxelKeys = ["max_num_points", "max_voxels", "voxel_size", "point_cloud_range"];

    /// <summary>In this order: a later move may take from where an earlier one put.</summary>
    public static readonly IReadOnlyList<AwmlMove> Moves =
    [
        new(Head + ".test_cfg", TestCfg),
        new(TestCfg + ".pts", TestCfg),
        .. Voxels(Preprocessor + ".voxel_layer"),
        .. Voxels(Preprocessor),
        .. Voxels("model.pts_voxel_layer"),
        .. Voxels("model.voxel_layer"),
        new(Coder + ".max_num", TestCfg + ".max_num"),
        new(Coder + ".score_threshold", TestCfg + ".score_threshold"),
        new(Coder + ".post_center_range", TestCfg + ".post_center_limit_range"),
        new(Coder + ".out_size_factor", Head + ".out_size_factor"),
        new(Head + ".separate_head.final_kernel", Head + ".final_kernel"),
        new(Head + ".separate_head.head_conv", Head + ".head_conv"),
        new("tensorrt_config", "backend_config.common_config"),
        new("export.work_dir", "work_dir"),
        new("quantization.fuse_bn", "quantization.fusion.fuse_bn"),
        new("train_cfg.max_epochs", "train_cfg.epochs"),
    ];

    /// <summary>Every key that is not a move.</summary>
    public static readonly IReadOnlyList<AwmlKey> Keys =
    [
        new("train_cfg", "by_epoch", Fixed, "true"),
        new("train_cfg", "val_interval", Unread),
        new("train_cfg", "val_begin", Unread),
        new("train_cfg", "dynamic_intervals", Unread),
        new("", "export", Section),
        new("export", "mode", Fixed, "both"),
        new("evaluation", "enabled", Fixed, "true"),
        new("verification", "enabled", Fixed, "true"),
        new("components.pts_voxel_encoder", "name", Fixed, "pts_voxel_encoder"),
        new("components.pts_backbone_neck_head", "name", Fixed, "pts_backbone_neck_head"),
        new("onnx_config", "do_constant_folding", Unread),
        new("onnx_config", "simplify", Unread),
        new("onnx_config", "export_params", Fixed, "true"),
        new("onnx_config", "keep_initializers_as_inputs", Fixed, "false"),
        new("dataset", "load_dim", Checked),
        new("dataset", "merge_type", Fixed, "extend_longer"),

        new("model", "train_cfg", Unread),
        new("model", "init_cfg", Unread),
        new("model", "pretrained", Unread),
        new("model", "data_preprocessor", Section),
        new(Preprocessor, "type", Fixed, "Det3DDataPreprocessor"),
        new(Preprocessor, "voxel", Fixed, "true"),
        new(Preprocessor, "voxel_type", Fixed, "hard"),
        new(Preprocessor, "voxel_layer", Section),
        new(Preprocessor + ".voxel_layer", "deterministic", Unread),
        new("model", "voxel_layer", Section),
        new("model.voxel_layer", "deterministic", Unread),
        new("model", "pts_voxel_layer", Section),
        new("model.pts_voxel_layer", "deterministic", Unread),
        new("model", "pts_middle_encoder", Section),
        new("model.pts_middle_encoder", "type", Fixed, "PointPillarsScatter"),
        new("model.pts_middle_encoder", "in_channels", Checked),
        new("model.pts_middle_encoder", "output_shape", Checked),

        new(Encoder, "with_distance", Fixed, "false"),
        new(Encoder, "with_cluster_center", Fixed, "true"),
        new(Encoder, "with_voxel_center", Fixed, "true"),
        new(Encoder, "legacy", Fixed, "false"),
        new(Encoder, "mode", Fixed, "max"),
        new(Encoder, "voxel_size", Checked),
        new(Encoder, "point_cloud_range", Checked),
        .. Norm(Encoder, "0.001", "BN1d", "BN", "SyncBN", "naiveSyncBN1d"),

        new(Backbone, "init_cfg", Unread),
        new(Backbone, "pretrained", Unread),
        .. Convolution(Backbone, "conv_cfg", "Conv2d", "Conv"),
        new(Backbone, "norm_cfg", Section),
        new(Backbone + ".norm_cfg", "type", Checked),
        new(Backbone + ".norm_cfg", "eps", Checked),
        new(Backbone + ".norm_cfg", "momentum", Unread),
        new(Backbone + ".norm_cfg", "requires_grad", Unread),
        new(Backbone, "act_cfg", Section),
        new(Backbone + ".act_cfg", "type", Fixed, "GELU"),
        new(Backbone, "drop_path_rate", Unread),
        new(Backbone, "with_cp", Unread),
        new(Backbone, "frozen_stages", Unread),
        new(Backbone, "stem_patch_size", Unread),
        new(Backbone, "gap_before_final_norm", Fixed, "false"),
        new(Backbone, "linear_pw_conv", Fixed, "true"),

        new(Neck, "in_channels", Checked),
        new(Neck, "init_cfg", Unread),
        .. Convolution(Neck, "conv_cfg", "Conv2d", "Conv"),
        .. Convolution(Neck, "upsample_cfg", "deconv"),
        .. Norm(Neck, "0.001", "BN", "BN2d", "SyncBN", "naiveSyncBN2d"),

        new(Head, "type", Fixed, "CenterHead"),
        new(Head, "in_channels", Checked),
        new(Head, "num_heatmap_convs", Fixed, "2"),
        new(Head, "bias", Fixed, "auto"),
        new(Head, "loss_cls", Unread),
        new(Head, "loss_bbox", Unread),
        new(Head, "train_cfg", Unread),
        new(Head, "init_cfg", Unread),
        .. Convolution(Head, "conv_cfg", "Conv2d", "Conv"),
        .. Norm(Head, "0.00001", "BN2d", "BN", "SyncBN", "naiveSyncBN2d"),
        new(Head, "separate_head", Section),
        new(Head + ".separate_head", "type", Fixed, "SeparateHead", "CustomSeparateHead"),
        new(Head + ".separate_head", "init_bias", Unread),
        new(Head, "bbox_coder", Section),
        new(Coder, "type", Fixed, "CenterPointBBoxCoder"),
        new(Coder, "pc_range", Checked),
        new(Coder, "voxel_size", Checked),
        new(Coder, "code_size", Checked),
        new(Coder, "y_axis_reference", Fixed, "false"),

        new(TestCfg, "grid_size", Checked),
        new(TestCfg, "pc_range", Checked),
        new(TestCfg, "point_cloud_range", Checked),
        new(TestCfg, "voxel_size", Checked),
        new(TestCfg, "out_size_factor", Checked),
        new(TestCfg, "max_per_img", Unread),
        new(TestCfg, "max_pool_nms", Fixed, "false"),
    ];

    private static readonly Dictionary<string, AwmlKey> ByPath = Keys.ToDictionary(key => key.Path);

    /// <summary>The row of a dotted path, or null.</summary>
    public static AwmlKey? Find(string path) => ByPath.GetValueOrDefault(path);

    /// <summary>The accepted keys of a section that its record does not have.</summary>
    public static IEnumerable<string> KeysOf(string section) =>
    [
        .. Keys.Where(key => key.Section == section).Select(key => key.Name),
        .. Moves.Where(move => Parent(move.From) == section).Select(move => move.From[(section.Length == 0 ? 0 : section.Length + 1)..]),
        .. section == Head ? [AwmlValues.ClassNamesKey] : Array.Empty<string>(),
    ];

    private static string Parent(string path) => path.LastIndexOf('.') is var dot and >= 0 ? path[..dot] : "";

    private static IEnumerable<AwmlMove> Voxels(string section) =>
        VoxelKeys.Select(key => new AwmlMove($"{section}.{key}", $"model.{key}"));

    private static IEnumerable<AwmlKey> Norm(string section, string eps, params string[] types) =>
    [
        new(section, "norm_cfg", Section),
        new(section + ".norm_cfg", "type", Fixed, types),
        new(section + ".norm_cfg", "eps", Fixed, eps),
        new(section + ".norm_cfg", "momentum", Unread),
        new(section + ".norm_cfg", "requires_grad", Unread),
    ];

    private static IEnumerable<AwmlKey> Convolution(string section, string key, params string[] types) =>
    [
        new(section, key, Section, "null"),
        new($"{section}.{key}", "type", Fixed, types),
        new($"{section}.{key}", "bias", Fixed, "false"),
    ];
}
