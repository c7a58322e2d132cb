using Quant.Core.Checkpoints;
using Quant.Core.Fusion;
using Quant.Core.Models;
using Testing;
using static TorchSharp.torch;

namespace Quant.Core.Tests.Models;

/// <summary>One unseen frame against an independent PyTorch implementation of the same network.</summary>
public sealed class GoldenFrameTests
{
    private static readonly string[] Heads = ["heatmap", "reg", "height", "dim", "rot", "vel"];

    [Fact]
    public void Voxels_and_decorated_points_are_those_of_mmcv()
    {
        var golden = Golden();
        var pillars = Pillars(golden);

        Assert.Equal([.. golden.Doubles("coors").Select(value => (int)value)], pillars.Coordinates);
        Assert.Equal([.. golden.Doubles("num_points").Select(value => (int)value)], pillars.PointCounts);
        AssertClose(golden.Floats("decorated_first200"), pillars.Features().AsSpan(0, 200 * 32 * 9), 1e-4);
    }

    [Fact]
    public void Pillar_features_and_outputs_agree_within_1e_4()
    {
        var golden = Golden();
        using var model = Load();
        using var scope = NewDisposeScope();

        var pillars = Pillars(golden);
        var features = tensor(pillars.Features(), [pillars.Count, 32, 9]);
        AssertClose(golden.Floats("pillar_features"), model.Encoder.Forward(features)["pillar_features"].ToHost().Values, 1e-4);
        var outputs = model.Forward(pillars);
        Assert.Equal(Heads, outputs.Keys);
        foreach (var name in Heads)
        {
            Assert.Equal(golden.Shape(name), outputs[name].shape);
            AssertClose(golden.Floats(name), outputs[name].ToHost().Values, 1e-4);
        }
    }

    [Fact]
    public void Folding_every_norm_changes_the_outputs_by_at_most_1e_4_relative()
    {
        var golden = Golden();
        using var model = Load();

        var report = BatchNormFolder.Fold(model.Layers);

        Assert.Equal(23, report.Folded);
        Assert.All(model.Layers, layer => Assert.Null(layer.Norm));
        using var scope = NewDisposeScope();
        foreach (var (name, output) in model.Forward(Pillars(golden)))
        {
            var expected = golden.Floats(name);
            AssertClose(expected, output.ToHost().Values, 1e-4 * Math.Max(1, expected.Max(Math.Abs)));
        }
    }

    [Fact]
    public void Detections_are_the_same_set()
    {
        var golden = Golden();
        using var model = Load();
        using var scope = NewDisposeScope();
        var outputs = model.Forward(Pillars(golden)).ToDictionary(output => output.Key, output => output.Value.ToHost());

        var detections = BoxDecoder.Decode(outputs, SmallModel.Config);

        var expected = golden.Doubles("detections").Chunk(11).ToList();
        Assert.Equal(expected.Count, detections.Count);
        foreach (var row in expected)
        {
            var found = detections.MinBy(item => Math.Abs(item.Score - row[10]) + Math.Abs(item.Box.X - row[1]) + Math.Abs(item.Box.Y - row[2]));
            Assert.Equal((int)row[0], found.Label);
            double[] values = [found.Box.X, found.Box.Y, found.Box.Z, found.Box.L, found.Box.W, found.Box.H, found.Box.Yaw, found.Box.Vx, found.Box.Vy, found.Score];
            foreach (var (value, reference) in values.Zip(row.Skip(1)))
            {
                Assert.Equal(reference, value, 1e-3);
            }
        }
    }

    private static NpzFile Golden() => NpzFile.Read(SharedData.Require("golden/frame.npz"));

    private static PillarBatch Pillars(NpzFile golden)
    {
        // x, y, z and a time lag of 0: the model has no intensity.
        float[] points = [.. golden.Floats("points").Chunk(5).SelectMany(point => new[] { point[0], point[1], point[2], 0f })];
        return Voxelizer.Voxelize(new PointCloud(points, 4), SmallModel.Config);
    }

    private static CenterPoint Load()
    {
        using var checkpoint = CheckpointReader.Read(Path.Combine(Repository.Root, "samples", "centerpoint_sim", "centerpoint_tiny.pth"));
        return CenterPoint.Load(checkpoint.StateDict, SmallModel.Config, "centerpoint_tiny.pth");
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var worst = 0.0;
        for (var index = 0; index < expected.Length; index++)
        {
            worst = Math.Max(worst, Math.Abs(expected[index] - actual[index]));
        }

        Assert.True(worst <= tolerance, $"largest difference {worst}, allowed {tolerance}");
    }
}
