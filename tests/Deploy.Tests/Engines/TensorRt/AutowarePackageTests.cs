using Deploy.Engines.TensorRt;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using YamlDotNet.Serialization;

namespace Deploy.Tests.Engines.TensorRt;

public sealed class AutowarePackageTests
{
    private static readonly ModelConfig Model = new()
    {
        PointCloudRange = [-122.4f, -122.4f, -3f, 122.4f, 122.4f, 5f],
        VoxelSize = [0.24f, 0.24f, 8f],
        MaxVoxels = 96000,
        PtsVoxelEncoder = new VoxelEncoderConfig { InChannels = 5 },
        PtsBackbone = new BackboneConfig(),
        PtsNeck = new NeckConfig(),
        PtsBboxHead = new HeadConfig { Tasks = [["car", "truck", "bus", "bicycle", "pedestrian"]], OutSizeFactor = 2 },
    };

    [Fact]
    public void The_text_holds_what_the_node_reads()
    {
        const string Expected =
            """
            /**:
              ros__parameters:
                version: "v4.1"
                encoder_onnx_path: "pts_voxel_encoder.onnx"
                encoder_engine_path: "pts_voxel_encoder.engine"
                head_onnx_path: "pts_backbone_neck_head.onnx"
                head_engine_path: "pts_backbone_neck_head.engine"
                class_remapper_param_path: "detection_class_remapper.param.yaml"
                trt_precision: "strongly-typed"
                model_params:
                  class_names: ["CAR", "TRUCK", "BUS", "BICYCLE", "PEDESTRIAN"]
                  point_feature_size: 5
                  encoder_in_feature_size: 11
                  max_voxel_size: 96000
                  point_cloud_range: [-122.4, -122.4, -3.0, 122.4, 122.4, 5.0]
                  voxel_size: [0.24, 0.24, 8.0]
                  downsample_factor: 2
                  has_variance: false
                  has_twist: false
                  yaw_norm_thresholds: [0.3, 0.3, 0.3, 0.3, 0.0]
                  detection_score_thresholds:
                    distance_bin_upper_limits: [50.0, 90.0, 121.0, 200.0]
                    CAR: [0.35, 0.35, 0.35, 0.35]
                    TRUCK: [0.35, 0.35, 0.35, 0.35]
                    BUS: [0.35, 0.35, 0.35, 0.35]
                    BICYCLE: [0.35, 0.35, 0.35, 0.35]
                    PEDESTRIAN: [0.35, 0.35, 0.35, 0.35]

            """;

        Assert.Equal(Expected.ReplaceLineEndings("\n"), new AutowarePackage().ToYaml(Model));
    }

    [Fact]
    public void Odd_file_names_stay_valid_YAML()
    {
        var yaml = new DeserializerBuilder().Build().Deserialize<Dictionary<string, Dictionary<string, Dictionary<string, object>>>>(new AutowarePackage { HeadOnnx = "a \"b\" \\ c: #d.onnx" }.ToYaml(Model));

        Assert.Equal("a \"b\" \\ c: #d.onnx", yaml["/**"]["ros__parameters"]["head_onnx_path"]);
    }

    [Fact]
    public void A_model_that_the_node_cannot_run_is_refused_with_every_reason()
    {
        var model = Model with { MaxNumPoints = 20, PtsVoxelEncoder = new VoxelEncoderConfig { FeatChannels = [64] }, PtsBboxHead = new HeadConfig { Tasks = [["car"], ["bus"]] } };

        var error = Assert.Throws<QuantException>(() => new AutowarePackage { Precision = "int4", YawNormThresholds = [0.1], DistanceBins = [90, 50] }.ToYaml(model));

        Assert.Equal(6, error.Diagnostics.Count);
        Assert.Equal("QNT0504", error.Code);
    }
}
