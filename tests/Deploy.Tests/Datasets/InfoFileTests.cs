using System.Runtime.InteropServices;
using Deploy.Datasets;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Testing;
using Xunit;

namespace Deploy.Tests.Datasets;

/// <summary>MMDetection3D info files of both generations.</summary>
public sealed class InfoFileTests : IDisposable
{
    private readonly TempFolder folder = new();

    public InfoFileTests()
    {
        foreach (var name in new[] { "samples/LIDAR_TOP/k.bin", "sweeps/LIDAR_TOP/s.bin", "scene/0/data/LIDAR_CONCAT/k.bin" })
        {
            var path = folder.File(name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, MemoryMarshal.AsBytes<float>([10, 0, 1, 7, 3]).ToArray());
        }
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_since_1_1_gives_boxes_classes_counts_and_pose()
    {
        var source = Open(V2(Frame2("k.bin")));
        var frame = source.Load(0);
        Assert.Equal("token", frame.Token);
        Assert.EndsWith("samples/LIDAR_TOP/k.bin", frame.File, StringComparison.Ordinal);
        var truth = Assert.Single(frame.Objects!);
        Assert.Equal((1, 12), (truth.Label, truth.PointCount));
        Assert.Equal(new Box3D(1, 2, 3, 8, 2.5, 3, 0.5, 4, 5), truth.Box);
        Assert.Equal(1, source.IgnoredObjects["vehicle.bicycle (label -1)"]);
        var pose = source.PoseOf(0)!.Value;
        Assert.Equal((101.0, 52.0, 3.0), pose.Apply(1, 2, 3));
    }

    [Theory]
    [InlineData("scene/0/data/LIDAR_CONCAT/k.bin")]
    [InlineData("./elsewhere/nuscenes/scene/0/data/LIDAR_CONCAT/k.bin")]
    [InlineData("/home/somebody/scene/0/data/LIDAR_CONCAT/k.bin")]
    public void Paths_from_other_machines_are_found_below_the_root(string path) =>
        Assert.EndsWith("scene/0/data/LIDAR_CONCAT/k.bin", Open(V2(Frame2(path))).Files[0], StringComparison.Ordinal);

    [Theory]
    [InlineData("../k.bin")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../k.bin")]
    public void Paths_that_leave_the_root_are_refused(string path) =>
        Assert.Equal(DiagnosticCodes.DatasetPathOutside, Assert.Throws<QuantException>(() => Open(V2(Frame2(path)))).Code);

    [Fact]
    public void Sweeps_since_1_1_move_by_lidar2sensor_and_an_empty_list_is_not_padded()
    {
        var frame = Frame2("k.bin");
        frame["lidar_sweeps"] = new List<object>
        {
            new Dictionary<string, object>
            {
                ["timestamp"] = 99.9,
                ["lidar_points"] = new Dictionary<string, object>
                {
                    ["lidar_path"] = "s.bin",
                    ["lidar2sensor"] = Rows([0, 1, 0, -1], [-1, 0, 0, -2], [0, 0, 1, -3], [0, 0, 0, 1]),
                },
            },
        };
        DatasetOptions Swept(DatasetOptions options) => options with { SweepsNum = 1 };

        // (10, 0, 1) · M = (0, 10, 1), minus (−1, −2, −3).
        Assert.Equal([10, 0, 1, 0, 1, 12, 4, 0.1f], Open(V2(frame), Swept).Load(0).Points.Values, (a, b) => Math.Abs(a - b) < 1e-5);
        frame["lidar_sweeps"] = new List<object>();
        Assert.Equal(1, Open(V2(frame), Swept).Load(0).Points.Count);
        frame.Remove("lidar_sweeps");
        Assert.Equal(2, Open(V2(frame), Swept).Load(0).Points.Count);
    }

    [Fact]
    public void A_file_before_1_1_is_sorted_by_time_and_its_sweeps_move_exactly()
    {
        var early = Frame1(1_000_000, [[1, 2, 3, 4.5, 2, 1.5, 0.25]]);
        var late = Frame1(2_000_000, [[1, 2, 3, 4.5, 2, 1.5, 0.25]]);
        early["token"] = "early";
        var source = Open(new Dictionary<string, object> { ["infos"] = new List<object> { late, early }, ["metadata"] = new Dictionary<string, object>() }, options => options with { SweepsNum = 1 });
        var frame = source.Load(0);
        Assert.Equal("early", frame.Token);
        Assert.Equal(new Box3D(1, 2, 3, 4.5, 2, 1.5, 0.25, 1, 0), frame.Objects![0].Box);
        Assert.Equal(9, frame.Objects[0].PointCount);
        Assert.Equal([10, 0, 1, 0, 1, 12, 4, 0.1f], frame.Points.Values, (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal((1.0, 2.0, 3.0), source.PoseOf(0)!.Value.Apply(0, 0, 0));
    }

    [Fact]
    public void Boxes_before_1_0_are_told_by_vehicles_that_seem_wider_than_long()
    {
        var frame = Frame1(1_000_000, [[1, 2, 3, 2, 4.5, 1.5, 0.25]]);
        var box = Open(new Dictionary<string, object> { ["infos"] = new List<object> { frame } }).Load(0).Objects![0].Box;
        Assert.Equal((4.5, 2.0, 1.5), (box.L, box.W, box.H));
        Assert.Equal(-0.25 - (Math.PI / 2), box.Yaw, 12);
    }

    [Fact]
    public void A_frame_without_instances_makes_the_set_unlabelled()
    {
        var frame = Frame2("k.bin");
        frame.Remove("instances");
        var source = Open(V2(frame));
        Assert.False(source.HasLabels);
        Assert.Equal(DiagnosticCodes.DatasetUnlabelled, Assert.Single(source.Notes).Code);
    }

    [Fact]
    public void A_missing_or_wrong_value_is_reported_with_its_place()
    {
        var frame = Frame2("k.bin");
        frame.Remove("lidar_points");
        Assert.Contains("data_list[0].lidar_points is missing", Assert.Throws<QuantException>(() => Open(V2(frame))).Message, StringComparison.Ordinal);
        frame = Frame2("k.bin");
        ((Dictionary<string, object>)((List<object>)frame["instances"])[0])["bbox_3d"] = new List<object> { 1.0, double.NaN };
        var failure = Assert.Throws<QuantException>(() => Open(V2(frame)));
        Assert.Equal(DiagnosticCodes.InfoFileInvalid, failure.Code);
        Assert.Contains("data_list[0].instances[0].bbox_3d must be 7 finite numbers", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_no_info_files_are_refused()
    {
        Assert.Equal(DiagnosticCodes.InfoFileInvalid, Assert.Throws<QuantException>(() => Open(new List<object> { 1 })).Code);
        Assert.Equal(DiagnosticCodes.InfoFileInvalid, Assert.Throws<QuantException>(() => Open(new Dictionary<string, object> { ["model"] = 1 })).Code);
        Assert.Equal(DiagnosticCodes.DatasetEmpty, Assert.Throws<QuantException>(() => Open(V2())).Code);
        File.WriteAllBytes(folder.File("x.pkl"), [.. "cposix\nsystem\n(X"u8, 2, 0, 0, 0, .. "lstR."u8]);
        Assert.StartsWith("QNT02", Assert.Throws<QuantException>(() => FrameSources.Open(Options(folder.File("x.pkl")))).Code, StringComparison.Ordinal);
        Assert.Equal(DiagnosticCodes.DatasetRootMissing, Assert.Throws<QuantException>(() => FrameSources.Open(Options(folder.File("none.pkl")))).Code);
        Assert.Equal(DiagnosticCodes.DatasetOptionsInvalid, Assert.Throws<QuantException>(() => FrameSources.Open(Options(null!))).Code);
    }

    private static Dictionary<string, object> V2(params object[] frames) => new()
    {
        ["metainfo"] = new Dictionary<string, object> { ["classes"] = new List<object> { "car", "truck" }, ["version"] = "x" },
        ["data_list"] = frames.ToList(),
    };

    private static Dictionary<string, object> Frame2(string path) => new()
    {
        ["token"] = "token",
        ["timestamp"] = 100.0,
        ["ego2global"] = Rows([1, 0, 0, 100], [0, 1, 0, 50], [0, 0, 1, 0], [0, 0, 0, 1]),
        ["lidar_points"] = new Dictionary<string, object> { ["lidar_path"] = path, ["lidar2ego"] = Rows([1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]) },
        ["instances"] = new List<object>
        {
            new Dictionary<string, object> { ["bbox_3d"] = Row(1, 2, 3, 8, 2.5, 3, 0.5), ["bbox_label_3d"] = 1, ["velocity"] = Row(4, 5), ["num_lidar_pts"] = 10, ["num_radar_pts"] = 2 },
            new Dictionary<string, object> { ["bbox_3d"] = Row(1, 2, 3, 8, 2.5, 3, 0.5), ["bbox_label_3d"] = -1, ["gt_nusc_name"] = "vehicle.bicycle" },
        },
    };

    private static Dictionary<string, object> Frame1(long time, double[][] boxes)
    {
        var array = new double[boxes.Length, 7];
        for (var i = 0; i < array.Length; i++)
        {
            array[i / 7, i % 7] = boxes[i / 7][i % 7];
        }

        return new()
        {
            ["token"] = "token",
            ["timestamp"] = time,
            ["lidar_path"] = "./data/nuscenes/samples/LIDAR_TOP/k.bin",
            ["ego2global_translation"] = Row(1, 2, 3),
            ["ego2global_rotation"] = Row(1, 0, 0, 0),
            ["lidar2ego_translation"] = Row(0, 0, 0),
            ["lidar2ego_rotation"] = Row(1, 0, 0, 0),
            ["sweeps"] = new List<object>
            {
                new Dictionary<string, object>
                {
                    ["data_path"] = "data/nuscenes/sweeps/LIDAR_TOP/s.bin",
                    ["timestamp"] = time - 100_000,
                    ["sensor2lidar_rotation"] = new double[,] { { 0, -1, 0 }, { 1, 0, 0 }, { 0, 0, 1 } },
                    ["sensor2lidar_translation"] = Row(1, 2, 3),
                },
            },
            ["gt_boxes"] = array,
            ["gt_names"] = Enumerable.Repeat("car", boxes.Length).ToArray(),
            ["gt_velocity"] = Row([.. boxes.SelectMany(_ => new[] { 1.0, 0.0 })]),
            ["num_lidar_pts"] = Row([.. boxes.Select(_ => 9.0)]),
        };
    }

    private static List<object> Row(params double[] values) => [.. values.Cast<object>()];

    private static List<object> Rows(params double[][] rows) => [.. rows.Select(row => (object)Row(row))];

    private DatasetOptions Options(string file) => new() { Type = "mmdet3d_info", Root = folder.Path, InfoFile = file, ClassNames = ["car", "truck", "bus", "bicycle", "pedestrian"] };

    private IFrameSource Open(object content, Func<DatasetOptions, DatasetOptions>? change = null)
    {
        File.WriteAllBytes(folder.File("infos.pkl"), TinyPickle.Write(content));
        var options = Options(folder.File("infos.pkl"));
        return FrameSources.Open(change is null ? options : change(options));
    }
}
