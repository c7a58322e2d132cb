using Xunit;

namespace Deploy.Tests.Configuration;

public sealed class MistakeTests : IDisposable
{
    private readonly ConfigFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Ten_mistakes_are_reported_at_once_and_each_at_its_place()
    {
        var problems = folder.Problems("""
            chekpoint_path: model.pth
            device: gpu
            seed: many
            model:
              point_cloud_range: [-51.2, -51.2, -3.0, 51.2, 51.2]
              voxel_size: [0.4, 0.4, 8.0]
              pts_voxel_encoder: {in_channels: 4}
              pts_backbone: {out_channels: [32, 64, 128], layer_nums: [2, 3], layer_strides: [1, 2, 2]}
              pts_neck: {out_channels: [64, 64, 64], upsample_strides: [0.5, 1, 2]}
              pts_bbox_head: {class_names: [car, car], out_size_factor: 2}
            quantization:
              calibration: {method: entropy, amax_method: mse, percentile: 120}
              equalization: {enabled: true}
              bias_correction: {enabled: false}
            verification:
              statistic: p9
            """);

        Assert.Equal(
        [
            "c.yaml(1,1): error QNT0102: unknown key 'chekpoint_path' at the top level; did you mean 'checkpoint_path'?",
            "c.yaml(2,9): error QNT0105: device is 'gpu'; it takes auto, cpu, cuda, cuda:N or cuda:all",
            "c.yaml(3,7): error QNT0103: seed must be a whole number, not 'many'",
            "c.yaml(5,22): error QNT0104: model.point_cloud_range has 5 values; it takes 6",
            "c.yaml(12,64): error QNT0104: quantization.calibration.percentile is 120; it must be above 0 and at most 100",
            "c.yaml(16,14): error QNT0105: verification.statistic is 'p9'; allowed: mean, p99, p99_9, max; did you mean 'p99'?",
            "c.yaml(1,1): error QNT0106: checkpoint_path is missing: PyTorch checkpoint (.pth).",
            "c.yaml(8,59): error QNT0116: model.pts_backbone.layer_nums has 2 values, but pts_backbone.out_channels has 3 stages",
            "c.yaml(10,32): error QNT0116: the class 'car' stands twice in pts_bbox_head",
            "c.yaml(12,47): error QNT0108: amax_method mse contradicts method entropy at c.yaml(12,25); remove one of the two",
            "c.yaml(13,27): error QNT0108: equalization without bias correction loses accuracy; enable bias_correction (at c.yaml(14,30)) or disable equalization",
        ],
        problems);
    }

    [Theory]
    [InlineData("gates: {map_drop_max: 1}", null)]
    [InlineData("gates: {map_drop_max: 1.5}", "c.yaml(9,23): error QNT0104: gates.map_drop_max is 1.5; it must be at least 0 and at most 1")]
    [InlineData("gates: {map_drop_max: .nan}", "c.yaml(9,23): error QNT0103: gates.map_drop_max must be a number, not '.nan'")]
    [InlineData("gates: {map_drop_max: 1e400}", "c.yaml(9,23): error QNT0103: gates.map_drop_max must be a number, not '1e400'")]
    [InlineData("gates: {map_drop_max: null}", null)]
    [InlineData("gates: {comparison: yes}", "c.yaml(9,21): error QNT0103: gates.comparison must be true or false, not 'yes'")]
    [InlineData("gates: {comparison: 'true'}", "c.yaml(9,21): error QNT0103: gates.comparison must be true or false, not '\"true\"'")]
    [InlineData("gates: {comparison: ~}", "c.yaml(9,21): error QNT0103: gates.comparison cannot be null; remove the key for its default")]
    [InlineData("gates: [1]", "c.yaml(9,8): error QNT0103: gates must be a mapping of keys to values, not a list of 1")]
    [InlineData("backend_config: {trtexec: None}", "c.yaml(9,27): error QNT0103: backend_config.trtexec is Python's None; write null, or remove the key")]
    [InlineData("seed: 99999999999", "c.yaml(9,7): error QNT0104: seed is 99999999999; it must be at least 0 and at most 2147483647")]
    [InlineData("seed: 1_000", "c.yaml(9,7): error QNT0103: seed must be a whole number, not '1_000'")]
    [InlineData("seed: 3.0", "c.yaml(9,7): error QNT0103: seed must be a whole number, not '3.0'")]
    [InlineData("name: a/b", "c.yaml(9,7): error QNT0105: name is 'a/b'; it takes letters, digits, '_', '-', '+' and '.'")]
    [InlineData("name: 2024", null)]
    [InlineData("work_dir: ''", "c.yaml(9,11): error QNT0104: work_dir must be visible text, not empty or with control characters")]
    [InlineData("work_dir: \"a\\0b\"", "c.yaml(9,11): error QNT0104: work_dir must be visible text, not empty or with control characters")]
    [InlineData("num_bins: 5", "c.yaml(9,1): error QNT0102: unknown key 'num_bins' at the top level; it belongs in quantization.calibration")]
    [InlineData("verification: {tolerances: {rotation: 0.2}}", "c.yaml(9,29): error QNT0105: verification.tolerances names 'rotation', which is no output of the model; known: heatmap, reg, height, dim, rot, vel")]
    [InlineData("gates: {ap_drop_max: {cart: 0.2}}", "c.yaml(9,23): error QNT0105: gates.ap_drop_max names 'cart', which is no class of the model; did you mean 'car'?")]
    [InlineData("evaluation: {class_ranges: {car: 50, truck: 0}}", "c.yaml(9,45): error QNT0104: evaluation.class_ranges.truck is 0; it must be above 0 and at most 10000")]
    [InlineData("evaluation: {class_ranges: kitti}", "c.yaml(9,28): error QNT0103: evaluation.class_ranges must be a mapping of names to values, not kitti")]
    [InlineData("evaluation: {models: [fp32, fp32]}", "c.yaml(9,22): error QNT0108: evaluation.models names 'fp32' twice")]
    [InlineData("components: {pts_voxel_encoder: {onnx_file: ../../etc/x.onnx}}", "c.yaml(9,45): error QNT0105: components.pts_voxel_encoder.onnx_file is '../../etc/x.onnx'; it takes a name without folders that ends with .onnx")]
    [InlineData("components: {pts_voxel_encoder: {onnx_file: pts_backbone_neck_head.onnx}}", "c.yaml(9,13): error QNT0108: both components have the onnx_file 'pts_backbone_neck_head.onnx'")]
    [InlineData("onnx_config: {opset_version: 17, body: fp16}", "c.yaml(9,30): error QNT0108: opset 17 has no FP16-typed scales, which body fp16 needs; use 19 or auto")]
    [InlineData("onnx_config: {opset_version: auto, body: fp16}", null)]
    [InlineData("onnx_config: {opset_version: 19, body: fp16}", null)]
    [InlineData("onnx_config: {opset_version: newest}", "c.yaml(9,30): error QNT0103: onnx_config.opset_version must be a whole number, not 'newest'")]
    [InlineData("backend_config: {common_config: {precision_policy: int4}}", "c.yaml(9,52): error QNT0105: backend_config.common_config.precision_policy is 'int4'; allowed: auto, fp16, fp32_tf32, int8, strongly_typed; did you mean 'int8'?")]
    [InlineData("dataset: {type: t4, validation: {num_frames: 3}}", "c.yaml(9,33): error QNT0106: dataset.validation.root is missing: the folder of a data set of type t4")]
    [InlineData("dataset: {type: mmdet3d_info, validation: {root: x}}", "c.yaml(9,43): error QNT0106: dataset.validation.ann_file is missing: the info file (.pkl) of a data set of type mmdet3d_info")]
    [InlineData("dataset: {use_dim: [x, y, z, ring_id]}", "c.yaml(9,30): error QNT0105: dataset.use_dim names 'ring_id'; the file holds x, y, z, intensity, ring, and time is computed")]
    [InlineData("dataset: {use_dim: [y, x, z, time]}", "c.yaml(9,20): error QNT0105: dataset.use_dim must start with x, y, z")]
    [InlineData("dataset: {use_dim: [x, y, z]}", "c.yaml(5,36): error QNT0116: pts_voxel_encoder.in_channels is 4, but dataset.use_dim names 3: x, y, z")]
    [InlineData("quantization: {quantize: [pts_backbon]}", "c.yaml(9,27): error QNT0105: 'pts_backbon' matches no layer; did you mean 'pts_backbone'?")]
    [InlineData("quantization: {quantize: ['pts_backbone..0']}", "c.yaml(9,27): error QNT0105: 'pts_backbone..0' is not a layer pattern: names joined by dots, with * and **, as in pts_backbone.blocks.0.*")]
    [InlineData("quantization: {quantize: []}", "c.yaml(9,26): error QNT0108: quantization.quantize is empty; name layers, or set quantization.enabled to false")]
    [InlineData("quantization: {quantize: ['**.blocks.0.*'], sensitive_layers: [pts_bbox_head.task_heads.0.heatmap.1]}", null)]
    [InlineData("quantization: {equalization: {alpha: 2}}", "c.yaml(9,38): error QNT0104: quantization.equalization.alpha is '2'; it must be auto or a number from 0 to 1")]
    [InlineData("quantization: {equalization: {alpha: 0.75}}", null)]
    [InlineData("quantization: {input_scaling: true}", null)]
    [InlineData("quantization: {enabled: false}\nevaluation: {models: [fp16, int8]}", "c.yaml(10,22): error QNT0108: evaluation.models names 'int8', but quantization.enabled is false at c.yaml(9,25)")]
    public void A_single_mistake_gives_a_single_line(string more, string? problem)
    {
        if (problem is null)
        {
            folder.LoadMinimal(more + "\n");
        }
        else
        {
            Assert.Equal([problem], folder.ProblemsOfMinimal(more + "\n"));
        }
    }

    [Theory]
    [InlineData("model.voxel_size=[0.4, 0.4, 4.0]", "voxel_size z is 4, but a pillar spans the whole range of 8 m")]
    [InlineData("model.voxel_size=[0.3, 0.4, 8.0]", "voxel_size x 0.3 does not divide the range of 102.4 m (341.3333 cells)")]
    [InlineData("model.voxel_size=[0.0001, 0.4, 8.0]", "the canvas has 1024000 cells along x; at most 8192")]
    [InlineData("model.point_cloud_range=[51.2, -51.2, -3, -51.2, 51.2, 5]", "point_cloud_range ends before it starts along x")]
    [InlineData("model.pts_neck.upsample_strides=[1, 2, 4]", "out_size_factor is 2, but the neck's branches have stride 1")]
    [InlineData("model.pts_neck.upsample_strides=[0.5, 1, 1]", "the neck's branches have strides 2, 2, 4 and cannot be joined; each must be pts_bbox_head.out_size_factor, 2")]
    [InlineData("model.pts_neck.upsample_strides=[0.3, 1, 2]", "upsample_strides 0.3 must be whole, or 1 divided by a whole number")]
    [InlineData("model.pts_neck.out_channels=[64, 64]", "model.pts_neck.out_channels has 2 values, but pts_backbone.out_channels has 3 stages")]
    [InlineData("model.pts_backbone.in_channels=64", "pts_backbone.in_channels is 64, but pts_voxel_encoder gives 32")]
    [InlineData("model.pts_voxel_encoder.feat_channels=[33, 32]", "feat_channels 33 must be even: the layer computes half and appends the maximum")]
    [InlineData("model.pts_bbox_head.common_heads={reg: 2, height: 1, dim: 3, rot: 2, iou: 1}", "the branch 'iou' is not implemented; branches: reg, height, dim, rot, vel")]
    [InlineData("model.pts_bbox_head.common_heads={reg: 2, height: 1, dim: 3}", "common_heads lacks the branch 'rot', which boxes are decoded from")]
    [InlineData("model.pts_bbox_head.final_kernel=2", "final_kernel is 2; it must be odd to keep the map's size")]
    [InlineData("model.pts_bbox_head.class_names=[]", "a task of pts_bbox_head has no class")]
    [InlineData("model.pts_bbox_head.class_names=[car, '']", "model.pts_bbox_head.tasks[0][1] must be visible text, not empty or with control characters")]
    [InlineData("model.test_cfg.min_radius=[1, 2]", "min_radius has 2 values, but pts_bbox_head has 1 tasks")]
    [InlineData("model.test_cfg.post_center_limit_range=[0, 0, 0, 1, 1, 0]", "post_center_limit_range ends before it starts along z")]
    public void Dimensions_that_do_not_fit_are_refused(string change, string problem)
    {
        var line = Assert.Single(folder.ProblemsOfMinimal("", change));

        Assert.Contains(": error QNT01", line, StringComparison.Ordinal);
        Assert.EndsWith(": " + problem, line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_canvas_that_the_strides_do_not_divide_is_refused()
    {
        var line = Assert.Single(folder.ProblemsOfMinimal("", "model.point_cloud_range=[-51.6, -51.2, -3, 51.6, 51.2, 5]"));

        Assert.Equal("c.yaml(4,15): error QNT0116: the canvas has 258 cells along x, not a multiple of the strides' 4; change voxel_size or point_cloud_range", line);
    }

    [Fact]
    public void A_model_that_is_missing_is_the_only_problem_it_causes()
    {
        var line = Assert.Single(folder.Problems("checkpoint_path: a.pth\n"));

        Assert.Equal("c.yaml(1,1): error QNT0106: model is missing: Every dimension of the detector.", line);
    }
}
