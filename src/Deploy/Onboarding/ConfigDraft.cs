using System.Globalization;
using System.Text;
using System.Text.Json;
using Quant.Core.Checkpoints;

namespace Deploy.Onboarding;

/// <summary>
/// Writes a config for a checkpoint: dimensions from the shapes of its weights, the rest from the training config that it carries, from the user's answers, or from
/// defaults that are marked with CHECK.
/// </summary>
public sealed class ConfigDraft
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly CheckpointShapes shapes;
    private readonly PythonConfig training;
    private readonly Checkpoint checkpoint;
    private readonly string folder;
    private readonly Func<string, string, string?> ask;
    private readonly List<string> assumed = [];
    private readonly List<string> warnings = [];

    private ConfigDraft(Checkpoint checkpoint, CheckpointShapes shapes, string folder, Func<string, string, string?> ask)
    {
        (this.checkpoint, this.shapes, this.folder, this.ask) = (checkpoint, shapes, folder, ask);
        training = PythonConfig.Read(checkpoint.ConfigText ?? "");
        Text = "";
    }

    /// <summary>The YAML.</summary>
    public string Text { get; private set; }

    /// <summary>Keys whose values are defaults, because neither checkpoint nor user told them.</summary>
    public IReadOnlyList<string> Assumed => assumed;

    /// <summary>Where the training config says something else than the weights, and what of it was not understood.</summary>
    public IReadOnlyList<string> Warnings => [.. warnings, .. training.LeftOut];

    /// <summary>Drafts a config.</summary>
    /// <param name="checkpoint">An open checkpoint.</param>
    /// <param name="source">Its path.</param>
    /// <param name="target">The config that will be written: paths in it are relative to its folder, and the deployment has its name.</param>
    /// <param name="data">Folder of a data set, or null; as all paths here and in answers, from the current folder.</param>
    /// <param name="ask">Question and default to answer; null when nobody can be asked.</param>
    /// <exception cref="Quant.Core.Diagnostics.QuantException">QNT0220, QNT0221.</exception>
    public static ConfigDraft Create(Checkpoint checkpoint, string source, string target, string? data, Func<string, string, string?> ask)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(ask);
        var draft = new ConfigDraft(checkpoint, CheckpointShapes.Read(checkpoint.StateDict, source), Path.GetDirectoryName(Path.GetFullPath(target))!, ask);
        draft.Text = draft.Write(draft.Relative(source), Path.GetFileNameWithoutExtension(target), data);
        return draft;
    }

    private string Write(string path, string name, string? data)
    {
        var text = new StringBuilder();
        void Line(string line) => text.Append(line).Append('\n');
        Line("# yaml-language-server: $schema=deploy.schema.json");
        Line("# Made by 'deploy init'. Editors complete it with: deploy config schema > deploy.schema.json");
        Line($"name: {Quoted(name)}");
        Line($"checkpoint_path: {Quoted(path)}");
        Line($"work_dir: {Quoted("work_dirs/" + name)}");
        Line("");
        Line("model:");
        Line("  type: CenterPoint");
        var (type, inChannels) = Encoder();
        var (reach, cell) = UsualGrid();
        Line($"  point_cloud_range: {Known("point_cloud_range, metres", Numbers("model.data_preprocessor.voxel_layer.point_cloud_range", "model.pts_voxel_encoder.point_cloud_range", "point_cloud_range"), $"[-{reach}, -{reach}, -3.0, {reach}, {reach}, 5.0]")}");
        Line($"  voxel_size: {Known("voxel_size, metres", Numbers("model.data_preprocessor.voxel_layer.voxel_size", "model.pts_voxel_encoder.voxel_size", "voxel_size"), $"[{cell}, {cell}, 8.0]")}");
        Line($"  max_num_points: {Known("max_num_points in a pillar", Number("model.data_preprocessor.voxel_layer.max_num_points", "max_num_points"), "32")}");
        Line($"  max_voxels: {Known("max_voxels, pillars in a frame", MaxVoxels(), "40000")}");
        Line($"  pts_voxel_encoder: {{type: {type}, in_channels: {inChannels}, feat_channels: {List(shapes.FeatChannels)}}}{(assumed.Contains("type") ? "   # CHECK: type, PillarFeatureNet (x, y, z offsets) or BackwardPillarFeatureNet (x, y)" : "")}");
        Compare("feat_channels", Numbers("model.pts_voxel_encoder.feat_channels"), List(shapes.FeatChannels));
        Backbone(Line);
        Line($"  pts_neck: {{type: SECONDFPN, out_channels: {List(shapes.NeckChannels)}, upsample_strides: {List(shapes.UpsampleStrides)}, use_conv_for_no_stride: {(shapes.UseConvForNoStride ? "true" : "false")}}}");
        Compare("pts_neck.out_channels", Numbers("model.pts_neck.out_channels"), List(shapes.NeckChannels));
        Head(Line);
        TestConfig(Line);
        Line("");
        Dataset(Line, data, inChannels);
        return text.ToString();
    }

    private (string Type, int InChannels) Encoder()
    {
        var type = training.Find("model.pts_voxel_encoder.type") as string;
        if (type is "PillarFeatureNet" or "BackwardPillarFeatureNet")
        {
            return (type, shapes.DecoratedChannels - (type == "PillarFeatureNet" ? 6 : 5));
        }

        // 9 = 4 + 3 + 2; 10 = 4 + 3 + 3 or 5 + 3 + 2; 11 = 5 + 3 + 3.
        var guess = shapes.DecoratedChannels == 9 ? "BackwardPillarFeatureNet" : "PillarFeatureNet";
        var answer = Known("type of pts_voxel_encoder, PillarFeatureNet (x, y, z offsets) or BackwardPillarFeatureNet (x, y)", null, guess).Split(' ')[0];
        return answer == "BackwardPillarFeatureNet" ? (answer, shapes.DecoratedChannels - 5) : ("PillarFeatureNet", shapes.DecoratedChannels - 6);
    }

    /// <summary>AWML's usual grids; the first whose cells the backbone's strides divide.</summary>
    private (string Reach, string Cell) UsualGrid()
    {
        var stride = (int)Math.Round(FirstOutputStride * shapes.UpsampleStrides[^1] / shapes.UpsampleStrides[0]);
        return 1020 % stride == 0 ? ("122.4", "0.24") : 760 % stride == 0 ? ("121.6", "0.32") : ("122.88", "0.24");
    }

    private int FirstStride => (Integers("model.pts_backbone.layer_strides")?.FirstOrDefault()) is > 0 and var stride ? stride : Math.Max(1, (int)Math.Round(shapes.UpsampleStrides[0]));

    private void Backbone(Action<string> line)
    {
        if (shapes.Backbone == "SECOND")
        {
            // Branches meet at one grid: stride over upsampling is the same for all.
            var ratios = shapes.UpsampleStrides.Zip(shapes.UpsampleStrides.Skip(1), (before, after) => (int)Math.Round(after / before));
            IReadOnlyList<int> strides = [FirstStride, .. ratios];
            Compare("pts_backbone.layer_strides", Numbers("model.pts_backbone.layer_strides"), List(strides));
            Compare("pts_backbone.layer_nums", Numbers("model.pts_backbone.layer_nums"), List(shapes.StageDepths));
            line($"  pts_backbone: {{type: SECOND, in_channels: {shapes.FeatChannels[^1]}, out_channels: {List(shapes.StageChannels)}, layer_nums: {List(shapes.StageDepths)}, layer_strides: {List(strides)}}}");
            return;
        }

        line("  pts_backbone:");
        line("    type: ConvNeXt_PC");
        line($"    in_channels: {shapes.StageChannels[0]}");
        line($"    out_channels: {List(shapes.StageChannels)}");
        line($"    depths: {List(shapes.StageDepths)}");
        line($"    out_indices: {List(shapes.OutIndices)}");
        line($"    first_downsample: {shapes.FirstDownsample}");
        line($"    layer_scale_init_value: {(shapes.HasLayerScale ? "1.0" : "0.0")}");
        if (shapes.LargeKernels.Count > 0)
        {
            line($"    large_arch: {{stages: {List(shapes.LargeKernels.Keys)}, large_kernel_sizes: {List(shapes.LargeKernels.Values)}}}");
        }
    }

    private double FirstOutputStride => shapes.Backbone == "SECOND" ? FirstStride : Math.Pow(2, Math.Max(0, shapes.OutIndices[0] + 1 - shapes.FirstDownsample));

    private void Head(Action<string> line)
    {
        var tasks = Tasks();
        line("  pts_bbox_head:");
        line($"    share_conv_channel: {shapes.ShareConvChannel}");
        line($"    head_conv: {shapes.HeadConv}");
        line($"    final_kernel: {shapes.FinalKernel}");
        line($"    tasks: [{string.Join(", ", tasks.Select(task => $"[{string.Join(", ", task.Select(Quoted))}]"))}]{(assumed.Contains("class names") ? "   # CHECK: class names" : "")}");
        line($"    out_size_factor: {(int)Math.Round(FirstOutputStride / shapes.UpsampleStrides[0])}");
        line($"    common_heads: {{{string.Join(", ", shapes.CommonHeads.Select(head => $"{head.Key}: {head.Value}"))}}}");
        if (training.Find("model.pts_bbox_head.norm_bbox") is bool norm)
        {
            line($"    norm_bbox: {(norm ? "true" : "false")}");
        }
    }

    private List<List<string>> Tasks()
    {
        if (training.Find("model.pts_bbox_head.tasks") is List<object?> tasks)
        {
            var named = tasks.Select(task => task is Dictionary<string, object?> map && (map.GetValueOrDefault("class_names") ?? map.GetValueOrDefault("class_name")) is List<object?> names ? names.OfType<string>().ToList() : []).ToList();
            if (named.Select(task => task.Count).SequenceEqual(shapes.TaskClasses))
            {
                return named;
            }

            warnings.Add($"the training config names [{string.Join(", ", named.Select(task => task.Count))}] classes, the heatmaps have [{string.Join(", ", shapes.TaskClasses)}] channels");
        }

        var flat = checkpoint.ClassNames ?? (training.Find("class_names") as List<object?>)?.OfType<string>().ToList();
        if (flat?.Count != shapes.TaskClasses.Sum())
        {
            var answer = ask($"names of the {shapes.TaskClasses.Sum()} classes, with commas", "")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            flat = answer;
            if (flat?.Count != shapes.TaskClasses.Sum())
            {
                assumed.Add("class names");
                flat = [.. Enumerable.Range(0, shapes.TaskClasses.Sum()).Select(index => $"class_{index}")];
            }
        }

        var rest = new Queue<string>(flat);
        return [.. shapes.TaskClasses.Select(count => Enumerable.Range(0, count).Select(_ => rest.Dequeue()).ToList())];
    }

    private void TestConfig(Action<string> line)
    {
        const string test = "model.test_cfg.pts";
        const string coder = "model.pts_bbox_head.bbox_coder";
        (string Key, string? Value)[] keys =
        [
            ("max_num", Number($"{coder}.max_num", $"{test}.max_num")),
            ("score_threshold", Number($"{coder}.score_threshold", $"{test}.score_threshold")),
            ("post_center_limit_range", Numbers($"{coder}.post_center_range", $"{test}.post_center_limit_range")),
            ("nms_type", training.Find($"{test}.nms_type") is "circle" or "rotate" ? (string)training.Find($"{test}.nms_type")! : null),
            ("min_radius", Numbers($"{test}.min_radius") ?? Number($"{test}.min_radius")),
            ("post_max_size", Number($"{test}.post_max_size")),
            ("pre_max_size", Number($"{test}.pre_max_size")),
            ("nms_thr", Number($"{test}.nms_thr")),
        ];
        var known = keys.Where(item => item.Value is not null).ToList();
        if (known.Count > 0)
        {
            line($"  test_cfg: {{{string.Join(", ", known.Select(item => $"{item.Key}: {item.Value}"))}}}");
        }
    }

    private void Dataset(Action<string> line, string? data, int inChannels)
    {
        var root = data ?? ask("folder of the calibration and validation frames", "");
        if (root is null)
        {
            assumed.Add("dataset");
        }

        line("dataset:");
        line($"  type: {(root is null ? "folder" : DatasetType(root))}{(root is null ? "   # CHECK: t4, nuscenes, mmdet3d_info or folder" : "")}");
        line($"  calibration: {{root: {Quoted(root is null ? "data/calibration" : Relative(root))}, num_frames: 100}}{(root is null ? "   # CHECK" : "")}");
        line($"  validation: {{root: {Quoted(root is null ? "data/validation" : Relative(root))}}}{(root is null ? "   # CHECK: must have labels to measure mAP" : "   # CHECK: other frames than those calibrated with")}");
        line($"  point_columns: {Known("point_columns, the columns of a point file", null, "[x, y, z, intensity, ring]")}");
        line($"  use_dim: {Known("use_dim, the columns that the model reads", null, inChannels switch { 3 => "[x, y, z]", 4 => "[x, y, z, time]", _ => "[x, y, z, intensity, time]" })}");
        line($"  sweeps_num: {Known("sweeps_num, earlier sweeps joined to a frame", null, "0")}");
    }

    private string Relative(string path) => Path.GetRelativePath(folder, Path.GetFullPath(path)).Replace('\\', '/');

    private static string DatasetType(string root) =>
        Directory.Exists(Path.Combine(root, "annotation")) || (Directory.Exists(root) && Directory.EnumerateDirectories(root).Any(folder => Directory.Exists(Path.Combine(folder, "annotation")))) ? "t4"
        : Directory.Exists(root) && Directory.EnumerateDirectories(root, "v1.0-*").Any() ? "nuscenes"
        : "folder";

    /// <summary>The value of the checkpoint, of the user, or a marked default.</summary>
    private string Known(string what, string? value, string otherwise)
    {
        if (value is not null)
        {
            return value;
        }

        if (ask(what, otherwise) is { Length: > 0 } answer)
        {
            return answer;
        }

        assumed.Add(what.Split([',', ' '])[0]);
        return $"{otherwise}   # CHECK: {what}";
    }

    private void Compare(string key, string? stated, string seen)
    {
        if (stated is not null && stated != seen)
        {
            warnings.Add($"the training config says {key} {stated}, the weights say {seen}; the weights are taken");
        }
    }

    private string? MaxVoxels() => training.Find("model.data_preprocessor.voxel_layer.max_voxels") switch
    {
        double number => Show(number),
        // [train, test]: the second is what inference uses.
        List<object?> pair when pair.Count == 2 && pair[1] is double test => Show(test),
        _ => null,
    };

    private string? Number(params string[] paths) => paths.Select(training.Find).OfType<double>().Select(Show).FirstOrDefault();

    private string? Numbers(params string[] paths) =>
        paths.Select(training.Find).OfType<List<object?>>().Where(list => list.Count > 0 && list.TrueForAll(item => item is double)).Select(list => List(list.Cast<double>())).FirstOrDefault();

    private List<int>? Integers(string path) => training.Find(path) is List<object?> list && list.TrueForAll(item => item is double) ? [.. list.Select(item => (int)(double)item!)] : null;

    private static string List(IEnumerable<double> values) => $"[{string.Join(", ", values.Select(Show))}]";

    private static string List(IEnumerable<int> values) => $"[{string.Join(", ", values)}]";

    private static string Show(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Quoted(string text) => text.Length > 0 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.' or '/') && !char.IsAsciiDigit(text[0]) && text is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off" or "~") ? text : JsonSerializer.Serialize(text, Readable);
}
