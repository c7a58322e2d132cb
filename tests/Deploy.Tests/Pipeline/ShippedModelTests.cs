using Deploy.Configuration;
using Deploy.Tests.Commands;
using Microsoft.ML.OnnxRuntime;
using Quant.Core.Checkpoints;
using Quant.Core.Tests.Models;
using Testing;
using Xunit;

namespace Deploy.Tests.Pipeline;

/// <summary>Every shipped deployment with random weights, from the checkpoint to its ONNX files, by the commands a user types.</summary>
public sealed class ShippedModelTests
{
    private const int Cells = 64;
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy_configs");

    public static TheoryData<string> Configs() => [.. Directory.GetFiles(Folder, "*.yaml").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Configs))]
    public void It_loads_and_leaves_graphs_that_a_runtime_opens(string name)
    {
        using var work = new TempFolder();
        var shipped = ConfigLoader.Load(Path.Combine(Folder, name), []).Config;
        var half = Cells / 2 * shipped.Model.VoxelSize[0];
        // Layers and graphs do not depend on the canvas, whose sizes are dynamic: a small one keeps calibration short.
        var range = FormattableString.Invariant($"[{-half}, {-half}, -3, {half}, {half}, 5]");
        CheckpointWriter.Write(work.File("random.pth"), RandomModel.StateDict(shipped.Model, 1));
        WriteFrames(work.Path, shipped.Dataset.PointColumns.Count, half);

        var result = DeployRunner.Run(
            "run", "--config", Path.Combine(Folder, name), "--to", "export", "--work-dir", work.File("w"), "--device", "cpu",
            "--set", $"checkpoint_path={work.File("random.pth")}", "--set", $"model.point_cloud_range={range}",
            "--set", "dataset.type=folder", "--set", $"dataset.calibration={{_delete_: true, root: {work.File("frames")}}}", "--set", "dataset.validation=null",
            "--set", "dataset.sweeps_num=0", "--set", "dataset.training=null", "--set", "quantization.equalization.alpha=0.5");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.DoesNotContain("error", result.Error, StringComparison.Ordinal);
        string[] precisions = shipped.Quantization.Enabled ? ["fp32", "fp16", "int8"] : ["fp32", "fp16"];
        Assert.Equal(precisions.Order(), Directory.GetDirectories(work.File("w/onnx")).Select(path => Path.GetFileName(path)!).Order());
        foreach (var precision in precisions)
        {
            using var encoder = new InferenceSession(work.File($"w/onnx/{precision}/pts_voxel_encoder.onnx"));
            using var dense = new InferenceSession(work.File($"w/onnx/{precision}/pts_backbone_neck_head.onnx"));

            Assert.Equal(shipped.Model.PtsVoxelEncoder.DecoratedChannels, encoder.InputMetadata["input_features"].Dimensions[2]);
            Assert.Equal([-1, shipped.Model.PtsBackbone.InChannels, -1, -1], dense.InputMetadata["spatial_features"].Dimensions);
            Assert.Equal(shipped.Model.PtsBboxHead.ClassNames.Count, dense.OutputMetadata["heatmap"].Dimensions[1]);
        }
    }

    private static void WriteFrames(string folder, int columns, float half)
    {
        var random = new Random(7);
        Directory.CreateDirectory(Path.Combine(folder, "frames"));
        for (var frame = 0; frame < 8; frame++)
        {
            var values = new float[400 * columns];
            for (var index = 0; index < values.Length; index++)
            {
                values[index] = (index % columns) switch { < 2 => half * ((2 * random.NextSingle()) - 1), 2 => (4 * random.NextSingle()) - 2, _ => random.NextSingle() };
            }

            File.WriteAllBytes(Path.Combine(folder, "frames", $"{frame}.bin"), System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray());
        }
    }
}
