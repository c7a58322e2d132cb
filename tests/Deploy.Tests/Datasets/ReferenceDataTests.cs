using System.Text.Json;
using Deploy.Datasets;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Testing;
using Xunit;

namespace Deploy.Tests.Datasets;

/// <summary>Data sets that others made: simulated scenes, real frames with their labels.</summary>
public sealed class ReferenceDataTests
{
    private static readonly string[] Classes = ["car", "truck", "bus", "bicycle", "pedestrian"];
    private static readonly string[] NuScenesClasses = ["car", "truck", "trailer", "bus", "construction_vehicle", "bicycle", "motorcycle", "pedestrian", "traffic_cone", "barrier"];

    [Fact]
    public void The_simulated_validation_set_has_64_frames_and_1490_objects()
    {
        var source = FrameSources.Open(new DatasetOptions { Type = "t4", Root = SharedData.Require("data/sim/sim_validation"), ClassNames = Classes });
        var frames = FrameStream.Read(source, int.MaxValue, CancellationToken.None).ToList();
        Assert.Equal(64, frames.Count);
        Assert.Empty(source.Notes);
        Assert.Empty(source.IgnoredObjects);
        var counts = frames.SelectMany(frame => frame.Objects!).CountBy(item => item.Label).ToDictionary();
        Assert.Equal([621, 125, 31, 163, 550], Enumerable.Range(0, 5).Select(label => counts[label]));
        Assert.All(frames, frame => Assert.Equal(0, frame.DroppedPoints));
        Assert.Equal(Enumerable.Range(0, 64).Select(i => $"{i:D5}.pcd.bin"), frames.Select(frame => Path.GetFileName(frame.File)));
    }

    [Theory]
    [InlineData("calibration", 16, 381)]
    [InlineData("validation", 32, 745)]
    public void The_samples_are_the_first_frames_of_the_simulated_sets(string name, int frames, int objects)
    {
        var options = new DatasetOptions { Type = "t4", Root = Path.Combine(Repository.Root, "samples", "centerpoint_sim", name), ClassNames = Classes };
        var source = FrameSources.Open(options);
        Assert.Equal(frames, source.Count);
        Assert.Empty(source.Notes);
        var loaded = FrameStream.Read(source, int.MaxValue, CancellationToken.None).ToList();
        Assert.Equal(objects, loaded.Sum(frame => frame.Objects!.Count));
        var full = FrameSources.Open(options with { Root = SharedData.Require("data/sim/sim_" + name) });
        Assert.Equal(full.Load(frames - 1).Points.Values, loaded[^1].Points.Values);
        Assert.Equal(full.Load(frames - 1).Objects!.Select(item => item.Box), loaded[^1].Objects!.Select(item => item.Box));
    }

    [Fact]
    public void Simulated_boxes_hold_the_points_that_the_tables_state()
    {
        var source = FrameSources.Open(new DatasetOptions { Type = "t4", Root = Path.Combine(Repository.Root, "samples", "centerpoint_sim", "validation"), ClassNames = Classes });
        foreach (var frame in FrameStream.Read(source, 8, CancellationToken.None))
        {
            // The simulator counts with 0.1 m around the box; tables are rounded to 0.01 mm.
            Assert.All(frame.Objects!, item => Assert.InRange(
                PointsInBoxes.Count(frame.Points, item.Box with { L = item.Box.L + 0.2, W = item.Box.W + 0.2, H = item.Box.H + 0.2 }), item.PointCount - 1, item.PointCount + 1));
        }
    }

    [Fact]
    public void The_t4_devkits_sample_loads_without_a_mapping()
    {
        var source = FrameSources.Open(new DatasetOptions { Type = "t4", Root = SharedData.Require("data/real/t4_schema/t4_devkit_sample"), ClassNames = Classes });
        Assert.Equal(3, source.Count);
        Assert.Empty(source.Notes);
        var objects = Enumerable.Range(0, 3).Select(i => source.Load(i).Objects!).ToList();
        Assert.Equal([2, 2, 0], objects.Select(list => list.Count));

        // Car at (10, 5, 1) and 1 s later at (12, 5.2, 1); the sensor is 2 m above a vehicle at x = 0 and then 10.
        Assert.Equal(new Box3D(10, 5, -1, 2, 4.5, 1.8, 0, 2, 0.2), objects[0][0].Box with { Vy = Math.Round(objects[0][0].Box.Vy, 9) });
        Assert.Equal((2.0, 5.2, -1.0), (objects[1][0].Box.X, objects[1][0].Box.Y, objects[1][0].Box.Z));
        Assert.Equal(["moving"], objects[0][0].Attributes);
        Assert.Equal(Math.PI / 6, objects[1][1].Box.Yaw, 3);
        Assert.True(double.IsNaN(objects[1][1].Box.Vx));
    }

    [Fact]
    public void A_frame_cut_from_nuscenes_agrees_with_mmdetection3ds_own_conversion()
    {
        var source = FrameSources.Open(new DatasetOptions
        {
            Type = "nuscenes",
            Root = SharedData.Require("data/real/t4_schema/perception_eval_sample"),
            Version = "annotation",
            ClassNames = NuScenesClasses,
        });
        Assert.Equal(DiagnosticCodes.DatasetChainBroken, Assert.Single(source.Notes).Code);
        var frame = source.Load(0);
        Assert.Equal(34688, frame.Points.Count);
        var box = Assert.Single(frame.Objects!).Box;
        var expected = LabelsOf("nuscenes/labels_lidar_frame.json")[0].Box;
        Assert.Equal(expected.X, box.X, 4);
        Assert.Equal(expected.Y, box.Y, 4);
        Assert.Equal(expected.Z, box.Z, 4);
        Assert.Equal((expected.L, expected.W, expected.H), (box.L, box.W, box.H));
        Assert.Equal(expected.Yaw, box.Yaw, 2);
    }

    [Fact]
    public void T4_defaults_do_not_know_nuscenes_categories_and_say_so()
    {
        var source = FrameSources.Open(new DatasetOptions { Type = "t4", Root = SharedData.Require("data/real/t4_schema/perception_eval_sample"), ClassNames = Classes });
        Assert.Equal(1, source.IgnoredObjects["human.pedestrian.adult"]);
        Assert.Contains(source.Notes, note => note.Code == DiagnosticCodes.DatasetClassesUnmatched);
    }

    [Fact]
    public void The_nuscenes_info_file_agrees_with_its_labels_and_61_of_69_boxes_hold_the_stated_points()
    {
        var root = SharedData.Require("data/real/nuscenes");
        var source = FrameSources.Open(new DatasetOptions
        {
            Type = "mmdet3d_info",
            Root = root,
            InfoFile = Path.Combine(root, "n015-2018-07-24-11-22-45+0800.pkl"),
            ClassNames = NuScenesClasses,
        });
        var frame = source.Load(0);
        Assert.Equal("ca9a282c9e77460f8360f564131a8af5", frame.Token);
        var labels = LabelsOf("nuscenes/labels_lidar_frame.json");
        var known = labels.Where(label => label.Name != "ignore").ToList();
        Assert.Equal(69, labels.Count);
        Assert.Equal(known.Select(label => label.Name), frame.Objects!.Select(item => NuScenesClasses[item.Label]));
        Assert.Equal(known.Select(label => label.Box), frame.Objects!.Select(item => item.Box with { Vx = 0, Vy = 0 }));
        Assert.Equal(69 - known.Count, source.IgnoredObjects.Values.Sum());
        Assert.Equal(61, labels.Count(label => PointsInBoxes.Count(frame.Points, label.Box) == label.Points));
        var (x, y, _) = source.PoseOf(0)!.Value.Apply(frame.Objects![0].Box.X, frame.Objects[0].Box.Y, frame.Objects[0].Box.Z);
        Assert.Equal(373.256, x, 3);
        Assert.Equal(1130.419, y, 3);
    }

    [Fact]
    public void The_kitti_info_file_gives_boxes_in_the_lidar_frame()
    {
        var root = SharedData.Require("data/real/kitti");
        var source = FrameSources.Open(new DatasetOptions
        {
            Type = "mmdet3d_info",
            Root = root,
            InfoFile = Path.Combine(root, "000008.pkl"),
            ClassNames = Classes,
            PointColumns = ["x", "y", "z", "intensity"],
            NameMapping = new Dictionary<string, string> { ["Car"] = "car", ["Cyclist"] = "bicycle", ["Pedestrian"] = "pedestrian" },
        });
        var frame = source.Load(0);
        Assert.Equal("8", frame.Token);
        Assert.Equal(4, source.IgnoredObjects["unnamed (label -1)"]);
        var labels = LabelsOf("kitti/labels_lidar_frame.json");
        Assert.Equal(labels.Count, frame.Objects!.Count);
        foreach (var (label, item) in labels.Zip(frame.Objects))
        {
            Assert.Equal(label.Box.X, item.Box.X, 0.02);
            Assert.Equal(label.Box.Y, item.Box.Y, 0.02);
            Assert.Equal(label.Box.Z, item.Box.Z, 0.02);
            Assert.Equal((label.Box.L, label.Box.W, label.Box.H), (item.Box.L, item.Box.W, item.Box.H));
            Assert.Equal(label.Box.Yaw, item.Box.Yaw, 1e-9);
            Assert.InRange(PointsInBoxes.Count(frame.Points, item.Box), item.PointCount * 0.9, item.PointCount * 1.1);
        }
    }

    [Fact]
    public void Kitti_frames_load_from_a_plain_folder_and_fill_their_labels()
    {
        var source = FrameSources.Open(new DatasetOptions
        {
            Type = "folder",
            Root = SharedData.Require("data/real/kitti"),
            ClassNames = Classes,
            PointColumns = ["x", "y", "z", "intensity"],
            UseDim = ["x", "y", "z", "intensity"],
        });
        Assert.Equal(7, source.Count);
        Assert.False(source.HasLabels);
        var frame = source.Load(6);
        Assert.Equal("000134.bin", frame.Token);
        Assert.Equal(19097, frame.Points.Count);
        Assert.All(LabelsOf("kitti/000134_labels_lidar_frame.json"), label => Assert.InRange(PointsInBoxes.Count(frame.Points, label.Box), label.Points * 0.9, (label.Points * 1.1) + 1));
    }

    [Fact]
    public void A_kitti_file_read_with_five_columns_is_refused_with_four_as_advice()
    {
        var root = SharedData.Require("data/real/kitti");
        var source = FrameSources.Open(new DatasetOptions { Type = "folder", Root = root, ClassNames = Classes });
        var index = source.Files.ToList().FindIndex(file => new FileInfo(file).Length % 20 != 0);
        var failure = Assert.Throws<QuantException>(() => source.Load(index));
        Assert.Equal(DiagnosticCodes.PointFileInvalid, failure.Code);
        Assert.Contains("it fits 4 columns", failure.Message, StringComparison.Ordinal);
    }

    private static List<(string Name, Box3D Box, int Points)> LabelsOf(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(SharedData.Require("data/real/" + file)));
        return [.. json.RootElement.GetProperty("objects").EnumerateArray().Select(item =>
        {
            var b = item.GetProperty("box").EnumerateArray().Select(value => value.GetDouble()).ToArray();
            return (item.GetProperty("class").GetString()!, new Box3D(b[0], b[1], b[2], b[3], b[4], b[5], b[6], 0, 0), item.GetProperty("num_lidar_pts").GetInt32());
        })];
    }
}
