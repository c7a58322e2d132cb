using System.Globalization;
using System.Text;
using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Deploy.Engines.TensorRt;

/// <summary>
/// The <c>ml_package</c> parameter file that Autoware's <c>autoware_lidar_centerpoint</c> reads beside the models (manifest layout, version 4.1).
/// </summary>
public sealed record AutowarePackage
{
    /// <summary>The encoder's ONNX file, relative to the package.</summary>
    public string EncoderOnnx { get; init; } = "pts_voxel_encoder.onnx";

    /// <summary>The encoder's engine.</summary>
    public string EncoderEngine { get; init; } = "pts_voxel_encoder.engine";

    /// <summary>The head's ONNX file.</summary>
    public string HeadOnnx { get; init; } = "pts_backbone_neck_head.onnx";

    /// <summary>The head's engine.</summary>
    public string HeadEngine { get; init; } = "pts_backbone_neck_head.engine";

    /// <summary><c>fp32</c>, <c>fp16</c>, <c>int8</c> (INT8 and FP32 only) or <c>strongly-typed</c> (every type from the ONNX file).</summary>
    public string Precision { get; init; } = "strongly-typed";

    /// <summary>True when the node shall publish velocities (Autoware's own models leave it off).</summary>
    public bool HasTwist { get; init; }

    /// <summary>Detections with a shorter (sin, cos) vector are dropped, by class; null is Autoware's: 0.3, and 0 for pedestrians.</summary>
    public IReadOnlyList<double>? YawNormThresholds { get; init; }

    /// <summary>Smallest score of a detection, for every class and distance.</summary>
    public double ScoreThreshold { get; init; } = 0.35;

    /// <summary>Ends of the distance bins in metres, ascending; detections beyond the last are dropped.</summary>
    public IReadOnlyList<double> DistanceBins { get; init; } = [50, 90, 121, 200];

    /// <summary>The YAML text.</summary>
    /// <exception cref="QuantException">QNT0504: Autoware's node cannot run such a model.</exception>
    public string ToYaml(ModelConfig model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Check(model);
        var classes = model.PtsBboxHead.ClassNames;
        var yaws = YawNormThresholds ?? [.. classes.Select(name => name.Equals("pedestrian", StringComparison.OrdinalIgnoreCase) ? 0.0 : 0.3)];
        var text = new StringBuilder()
            .Append("/**:\n  ros__parameters:\n    version: \"v4.1\"\n")
            .Append(CultureInfo.InvariantCulture, $"    encoder_onnx_path: {Quote(EncoderOnnx)}\n    encoder_engine_path: {Quote(EncoderEngine)}\n")
            .Append(CultureInfo.InvariantCulture, $"    head_onnx_path: {Quote(HeadOnnx)}\n    head_engine_path: {Quote(HeadEngine)}\n")
            .Append("    class_remapper_param_path: \"detection_class_remapper.param.yaml\"\n")
            .Append(CultureInfo.InvariantCulture, $"    trt_precision: {Quote(Precision)}\n    model_params:\n")
            .Append(CultureInfo.InvariantCulture, $"      class_names: [{string.Join(", ", classes.Select(name => Quote(name.ToUpperInvariant())))}]\n")
            .Append(CultureInfo.InvariantCulture, $"      point_feature_size: {model.PtsVoxelEncoder.InChannels}\n")
            .Append(CultureInfo.InvariantCulture, $"      encoder_in_feature_size: {model.PtsVoxelEncoder.DecoratedChannels}\n")
            .Append(CultureInfo.InvariantCulture, $"      max_voxel_size: {model.MaxVoxels}\n")
            .Append(CultureInfo.InvariantCulture, $"      point_cloud_range: {List(model.PointCloudRange.Select(Exact))}\n")
            .Append(CultureInfo.InvariantCulture, $"      voxel_size: {List(model.VoxelSize.Select(Exact))}\n")
            .Append(CultureInfo.InvariantCulture, $"      downsample_factor: {model.PtsBboxHead.OutSizeFactor}\n")
            .Append("      has_variance: false\n")
            .Append(CultureInfo.InvariantCulture, $"      has_twist: {(HasTwist ? "true" : "false")}\n")
            .Append(CultureInfo.InvariantCulture, $"      yaw_norm_thresholds: {List(yaws)}\n")
            .Append("      detection_score_thresholds:\n")
            .Append(CultureInfo.InvariantCulture, $"        distance_bin_upper_limits: {List(DistanceBins)}\n");
        foreach (var name in classes)
        {
            text.Append(CultureInfo.InvariantCulture, $"        {name.ToUpperInvariant()}: {List(DistanceBins.Select(_ => ScoreThreshold))}\n");
        }

        return text.ToString();
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <exception cref="QuantException">QNT0504: Autoware's node cannot run such a model.</exception>
    public void Write(string path, ModelConfig model) => PendingFile.WriteText(path, ToYaml(model));

    /// <summary>The node's compile-time constants and its checks.</summary>
    private void Check(ModelConfig model)
    {
        var bag = new DiagnosticBag();
        void Need(bool holds, string message)
        {
            if (!holds)
            {
                bag.Error(DiagnosticCodes.EngineRequestInvalid, $"Autoware's node cannot run this model: {message}");
            }
        }

        var classes = model.PtsBboxHead.ClassNames.Count;
        Need(model.MaxNumPoints == 32, $"it holds 32 points in a pillar, model.max_num_points is {model.MaxNumPoints}");
        Need(model.PtsVoxelEncoder.FeatChannels is [.., 32], $"it takes 32 values of a pillar, pts_voxel_encoder.feat_channels ends in {model.PtsVoxelEncoder.FeatChannels[^1]}");
        Need(model.PtsBboxHead.Tasks.Count == 1, $"it reads one task, pts_bbox_head has {model.PtsBboxHead.Tasks.Count}");
        Need(model.PtsVoxelEncoder.InChannels is 4 or 5, $"its points have 4 or 5 values, in_channels is {model.PtsVoxelEncoder.InChannels}");
        Need(Precision is "fp32" or "fp16" or "int8" or "strongly-typed", $"it knows no trt_precision '{Precision}' (fp32, fp16, int8, strongly-typed)");
        Need(YawNormThresholds is null || YawNormThresholds.Count == classes, $"there are {YawNormThresholds?.Count} yaw norm thresholds for {classes} classes");
        Need(DistanceBins.Count > 0 && DistanceBins.Zip(DistanceBins.Skip(1)).All(pair => pair.First < pair.Second), "its distance bins must ascend");
        bag.ThrowIfErrors();
    }

    /// <summary>A float32's shortest decimal form, so that 0.24 stays 0.24.</summary>
    private static double Exact(float value) => double.Parse(value.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>Doubles with a point, as ROS 2 takes 8 for an integer and refuses it.</summary>
    private static string List(IEnumerable<double> values) => $"[{string.Join(", ", values.Select(value => value.ToString("0.0###############", CultureInfo.InvariantCulture)))}]";

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
