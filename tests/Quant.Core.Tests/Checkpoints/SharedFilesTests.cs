using System.Globalization;
using System.Text.RegularExpressions;
using Quant.Core.Checkpoints;
using Xunit;

namespace Quant.Core.Tests.Checkpoints;

/// <summary>Files that other programs wrote: PyTorch 2.11, MMEngine's layout, MMDetection3D's info files.</summary>
public sealed partial class SharedFilesTests
{
    [Fact]
    public void An_AWML_checkpoint_has_the_180_keys_and_shapes_of_the_reference()
    {
        var expected = ListedTensor().Matches(File.ReadAllText(Samples.Shared("reference/centerpoint.md")))
            .Select(match => (match.Groups[1].Value, Shape: string.Concat(match.Groups[2].Value.Where(character => character != ' ')).TrimEnd(','), Integer: match.Groups[3].Success))
            .ToList();
        Assert.Equal(180, expected.Count);
        using var checkpoint = CheckpointReader.Read(Samples.Shared("models/awml_random_epoch_50.pth"));
        var found = checkpoint.StateDict
            .Select(item => (item.Key, Shape: string.Join(',', item.Value.Shape.Select(size => size.ToString(CultureInfo.InvariantCulture))), Integer: item.Value.DType == DType.Int64))
            .ToList();
        Assert.Equal(expected, found);
        Assert.Equal("mmengine", checkpoint.Container);
        Assert.Equal("cfg text", checkpoint.ConfigText);
        Assert.Equal("50", checkpoint.Meta["epoch"]);
        Assert.Equal("0.10.7", checkpoint.Meta["mmengine_version"]);
        Assert.Equal(["car", "truck", "bus", "bicycle", "pedestrian"], checkpoint.ClassNames);
        Assert.All(checkpoint.StateDict, item => Assert.All(item.Value.ToFloat32(), value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void A_trained_checkpoint_is_read_and_written_without_a_change()
    {
        var path = Samples.Shared("models/centerpoint_tiny.pth");
        using var checkpoint = CheckpointReader.Read(path);
        Assert.Equal(150, checkpoint.StateDict.Count);
        Assert.Equal(
            780_000,
            checkpoint.StateDict.Where(item => item.Value.DType == DType.Float32 && !item.Key.Contains("running", StringComparison.Ordinal)).Sum(item => item.Value.Count),
            10_000d);
        Assert.Equal([16, 9], checkpoint.StateDict["pts_voxel_encoder.pfn_layers.0.linear.weight"].Shape);
        Assert.All(checkpoint.StateDict.Where(item => item.Key.EndsWith("running_var", StringComparison.Ordinal)), item => Assert.All(item.Value.ToFloat32(), value => Assert.True(value >= 0)));

        var copyPath = Samples.TemporaryPath();
        CheckpointWriter.Write(copyPath, checkpoint.StateDict, checkpoint.Meta);
        using var copy = CheckpointReader.Read(copyPath);
        Assert.Equal(checkpoint.StateDict.Keys, copy.StateDict.Keys);
        Assert.Equal(checkpoint.Meta, copy.Meta);
        Assert.All(checkpoint.StateDict, item => Assert.Equal(item.Value.ToFloat32(), copy.StateDict[item.Key].ToFloat32()));
    }

    [Fact]
    public void A_nuScenes_info_file_is_read()
    {
        var root = Infos("data/real/nuscenes/n015-2018-07-24-11-22-45+0800.pkl");
        Assert.True(root.TryGet<PickleList>("data_list", out var frames));
        var frame = Assert.IsType<PickleDict>(Assert.Single(frames));
        Assert.True(frame.TryGet<PickleDict>("lidar_points", out var points));
        Assert.Equal(5L, points["num_pts_feats"]);
        Assert.True(frame.TryGet<PickleList>("instances", out var instances));
        Assert.NotEmpty(instances);
        Assert.All(instances, item => Assert.Equal(7, Assert.IsType<PickleList>(Assert.IsType<PickleDict>(item)["bbox_3d"]).Count));
        Assert.All(instances, item => Assert.All(Assert.IsType<PickleList>(Assert.IsType<PickleDict>(item)["bbox_3d"]), value => Assert.IsType<double>(value)));
    }

    [Fact]
    public void A_KITTI_info_file_is_read()
    {
        var root = Infos("data/real/kitti/000008.pkl");
        Assert.True(root.TryGet<PickleList>("data_list", out var frames));
        Assert.True(Assert.IsType<PickleDict>(frames[0]).TryGet<PickleList>("instances", out var instances));
        Assert.NotEmpty(instances);
    }

    private static PickleDict Infos(string file)
    {
        var path = Samples.Shared(file);
        using var stream = File.OpenRead(path);
        return Assert.IsType<PickleDict>(PickleReader.Read(stream, path));
    }

    // "pts_neck.deblocks.0.0.weight (128, 64, 2, 2)" on a line of its own, "i64" after integers.
    [GeneratedRegex(@"^(pts_\S+) \(([\d, ]*)\)( i64)?$", RegexOptions.Multiline)]
    private static partial Regex ListedTensor();
}
