using Deploy.Datasets;
using Quant.Core.Diagnostics;
using Xunit;

namespace Deploy.Tests.Datasets;

/// <summary>Frames from tables: order, transforms, velocities, sweeps.</summary>
public sealed class TableFrameTests
{
    private const double HalfSqrt2 = 0.70710678118654757;

    [Fact]
    public void Samples_follow_the_next_chain_not_the_table_order()
    {
        using var tables = new TinyTables().Write();
        var source = tables.Open();
        Assert.Equal(2, source.Count);
        Assert.True(source.HasLabels);
        Assert.Empty(source.Notes);
        Assert.Equal(["s0", "s1"], Enumerable.Range(0, 2).Select(i => source.Load(i).Token));
        Assert.Equal(["d0.pcd.bin", "d2.pcd.bin"], source.Files.Select(Path.GetFileName));
    }

    [Fact]
    public void Scenes_come_in_table_order()
    {
        using var tables = new TinyTables();
        tables.Tables["scene"].Insert(0, System.Text.Json.Nodes.JsonNode.Parse("""{"token":"zz","first_sample_token":"t0"}""")!.AsObject());
        tables.Add("sample", """{"token":"t0","scene_token":"zz","timestamp":9000000,"prev":"","next":""}""");
        tables.Add("sample_data", TinyTables.Data("d9", "t0", "p0", 9_000_000, key: true, prev: ""));
        tables.Points("d9", 1, 2, 3, 4, 5);
        tables.Write();
        var source = tables.Open();
        Assert.Equal(["t0", "s0", "s1"], Enumerable.Range(0, 3).Select(i => source.Load(i).Token));
    }

    [Fact]
    public void Only_the_named_scenes_are_read_and_a_name_that_fits_none_is_told()
    {
        using var tables = new TinyTables();
        tables.Tables["scene"].Insert(0, System.Text.Json.Nodes.JsonNode.Parse("""{"token":"zz","name":"scene-0003","first_sample_token":"t0"}""")!.AsObject());
        tables.Add("sample", """{"token":"t0","scene_token":"zz","timestamp":9000000,"prev":"","next":""}""");
        tables.Add("sample_data", TinyTables.Data("d9", "t0", "p0", 9_000_000, key: true, prev: ""));
        tables.Points("d9", 1, 2, 3, 4, 5);
        tables.Write();

        var source = tables.Open(options => options with { Scenes = ["scene-0003"] });
        var nothing = Assert.Throws<QuantException>(() => tables.Open(options => options with { Scenes = ["scene-0004"] }));

        Assert.Equal(["t0"], Enumerable.Range(0, source.Count).Select(i => source.Load(i).Token));
        Assert.Equal("QNT0811", nothing.Code);
        Assert.Contains("scene-0004", nothing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Used_columns_come_by_name_and_time_is_zero_in_the_key_frame()
    {
        using var tables = new TinyTables().Write();
        Assert.Equal([10, 0, 1, 0, 0.5f, 0.5f, 0, 0], tables.Open().Load(0).Points.Values);
        var all = tables.Open(options => options with { UseDim = ["x", "y", "z", "intensity", "time"] }).Load(0).Points;
        Assert.Equal(5, all.Columns);
        Assert.Equal([10, 0, 1, 7, 0, 0.5f, 0.5f, 0, 8, 0], all.Values);
        var ring = tables.Open(options => options with { UseDim = ["x", "y", "z", "ring"] }).Load(0).Points;
        Assert.Equal([10, 0, 1, 3, 0.5f, 0.5f, 0, 4], ring.Values);
    }

    [Fact]
    public void A_files_own_time_column_is_kept_while_there_are_no_sweeps()
    {
        using var tables = new TinyTables().Write();
        DatasetOptions Named(DatasetOptions options) => options with { PointColumns = ["x", "y", "z", "intensity", "time"] };
        Assert.Equal([10, 0, 1, 3, 0.5f, 0.5f, 0, 4], tables.Open(Named).Load(0).Points.Values);
        Assert.Equal(0, tables.Open(options => Named(options) with { SweepsNum = 1 }).Load(0).Points.Values[3]);
    }

    [Fact]
    public void Boxes_move_from_the_world_through_the_vehicle_into_the_sensor()
    {
        // Vehicle at (100, 50) heading +y; sensor 1 m ahead and 2 m up, turned by 180° about z.
        using var tables = new TinyTables();
        tables.Set("ego_pose", "p0", "translation", "[100, 50, 0]");
        tables.Set("ego_pose", "p0", "rotation", $"[{HalfSqrt2}, 0, 0, {HalfSqrt2}]");
        tables.Set("calibrated_sensor", "lidar-cal", "translation", "[1, 0, 2]");
        tables.Set("calibrated_sensor", "lidar-cal", "rotation", "[0, 0, 0, 1]");
        tables.Set("sample_annotation", "a0", "translation", "[97, 60, 3]");
        tables.Set("sample_annotation", "a0", "rotation", $"[{HalfSqrt2}, 0, 0, {HalfSqrt2}]");
        tables.Set("sample_annotation", "a0", "velocity", "[0, 5, 0]");
        tables.Write();
        var source = tables.Open();
        var box = Assert.Single(source.Load(0).Objects!).Box;

        // In the vehicle: 10 ahead, 3 left. In the sensor, which looks back: (−(10 − 1), −3, 3 − 2), heading and speed backwards.
        Assert.Equal(-9, box.X, 9);
        Assert.Equal(-3, box.Y, 9);
        Assert.Equal(1, box.Z, 9);
        Assert.Equal((4, 2, 1.5), (box.L, box.W, box.H));
        Assert.Equal(Math.PI, Math.Abs(box.Yaw), 9);
        Assert.Equal(-5, box.Vx, 9);
        Assert.Equal(0, box.Vy, 9);
        var pose = source.PoseOf(0)!.Value;
        var (x, y, z) = pose.Apply(box.X, box.Y, box.Z);
        Assert.Equal(97, x, 9);
        Assert.Equal(60, y, 9);
        Assert.Equal(3, z, 9);
    }

    [Fact]
    public void Velocity_at_the_ends_is_the_difference_to_the_one_neighbour()
    {
        using var tables = new TinyTables().Write();
        var source = tables.Open();
        foreach (var frame in new[] { source.Load(0), source.Load(1) })
        {
            var box = Assert.Single(frame.Objects!).Box;
            Assert.Equal(4, box.Vx, 9);
            Assert.Equal(2, box.Vy, 9);
        }
    }

    [Theory]
    [InlineData(2_500_000, 4_000_000, 2.0)] // 3.0 s between the neighbours is allowed
    [InlineData(2_500_000, 4_000_001, double.NaN)]
    public void Velocity_between_two_neighbours_is_the_central_difference_up_to_3_seconds(long time1, long time2, double expected)
    {
        using var tables = new TinyTables();
        tables.Set("sample", "s1", "timestamp", time1.ToString());
        tables.Set("sample", "s1", "next", "\"s2\"");
        tables.Add("sample", $$"""{"token":"s2","scene_token":"scene","timestamp":{{time2}},"prev":"s1","next":""}""");
        tables.Set("sample_annotation", "a1", "next", "\"a2\"");
        tables.Add("sample_annotation", TinyTables.Annotation("a2", "s2", [16, 0, 1], prev: "a1"));
        tables.Write();
        var box = Assert.Single(tables.Open().Load(1).Objects!).Box;
        Assert.Equal(expected, box.Vx, 9);
    }

    [Theory]
    [InlineData(2_500_000, false)]
    [InlineData(2_500_001, true)]
    [InlineData(1_000_000, true)]
    public void Velocity_from_one_neighbour_is_unknown_beyond_1500_ms_or_without_time_between(long time1, bool unknown)
    {
        using var tables = new TinyTables();
        tables.Set("sample", "s1", "timestamp", time1.ToString());
        tables.Write();
        Assert.Equal(unknown, double.IsNaN(Assert.Single(tables.Open().Load(0).Objects!).Box.Vx));
    }

    [Fact]
    public void Velocity_is_unknown_for_a_lone_annotation_and_stated_values_win()
    {
        using var tables = new TinyTables();
        tables.Set("sample_annotation", "a0", "next", "\"\"");
        tables.Set("sample_annotation", "a1", "velocity", "[3, 4, 0]");
        tables.Write();
        var source = tables.Open();
        Assert.True(double.IsNaN(source.Load(0).Objects![0].Box.Vx));
        Assert.Equal((3.0, 4.0), (source.Load(1).Objects![0].Box.Vx, source.Load(1).Objects![0].Box.Vy));
    }

    [Fact]
    public void Neighbours_outside_the_frames_that_are_read_still_give_the_velocity()
    {
        using var tables = new TinyTables().Write();
        var source = tables.Open(options => options with { NumFrames = 1 });
        Assert.Equal(1, source.Count);
        Assert.Equal(4, source.Load(0).Objects![0].Box.Vx, 9);
        Assert.Empty(source.Notes);
    }

    [Fact]
    public void T4_velocities_above_50_metres_a_second_are_shortened_and_nuscenes_ones_are_not()
    {
        using var tables = new TinyTables();
        tables.Set("sample_annotation", "a0", "velocity", "[60, 80, 0]");
        tables.Write();
        var t4 = tables.Open().Load(0).Objects![0].Box;
        Assert.Equal((30.0, 40.0), (t4.Vx, t4.Vy));
        var nuscenes = tables.Open(options => options with { Type = "nuscenes" }).Load(0).Objects![0].Box;
        Assert.Equal((60.0, 80.0), (nuscenes.Vx, nuscenes.Vy));
    }

    [Fact]
    public void Sweeps_follow_the_key_frame_nearest_first_with_their_age()
    {
        using var tables = new TinyTables();
        tables.Set("ego_pose", "p0", "translation", "[-3, 0, 0]");
        tables.Set("ego_pose", "p1", "translation", "[-1, 0, 0]");
        tables.Write();
        var points = tables.Open(options => options with { SweepsNum = 5 }).Load(1).Points;

        // The points within 1 m are gone from both sweeps, measured in the sweep's own frame, and stay in the key frame.
        Assert.Equal(4, points.Count);
        Assert.Equal([10, 0, 1, 0, 0.5f, 0.5f, 0, 0, 9, 0, 1, 0.1f, 7, 0, 1, 0.5f], points.Values);
    }

    [Fact]
    public void No_more_sweeps_than_asked_for_are_read()
    {
        using var tables = new TinyTables().Write();
        Assert.Equal(3, tables.Open(options => options with { SweepsNum = 1 }).Load(1).Points.Count);
        Assert.Equal(4, tables.Open(options => options with { SweepsNum = 1, RemoveClose = false }).Load(1).Points.Count);
    }

    [Fact]
    public void A_turned_sweep_moves_as_mmdetection3d_moves_it()
    {
        // The sweep's vehicle: (0, −2) in the key frame, turned by +90°.
        using var tables = new TinyTables();
        tables.Set("ego_pose", "p1", "translation", "[0, -2, 0]");
        tables.Set("ego_pose", "p1", "rotation", $"[{HalfSqrt2}, 0, 0, {HalfSqrt2}]");
        tables.Write();
        var points = tables.Open(options => options with { SweepsNum = 1 }).Load(1).Points;

        // R·p = (0, 10, 1) and Rᵀ·t = (−2, 0, 0); geometry alone would shift by t and give (0, 8, 1).
        Assert.Equal(-2f, points.Values[8], 1e-5f);
        Assert.Equal(10f, points.Values[9], 1e-5f);
        Assert.Equal(1f, points.Values[10], 1e-5f);
    }

    [Fact]
    public void A_frame_without_sweeps_repeats_its_key_frame_when_asked_to()
    {
        using var tables = new TinyTables().Write();
        var padded = tables.Open(options => options with { SweepsNum = 2 }).Load(0).Points;
        Assert.Equal([10, 0, 1, 0, 0.5f, 0.5f, 0, 0, 10, 0, 1, 0, 10, 0, 1, 0], padded.Values);
        Assert.Equal(6, tables.Open(options => options with { SweepsNum = 2, RemoveClose = false }).Load(0).Points.Count);
        Assert.Equal(2, tables.Open(options => options with { SweepsNum = 2, PadEmptySweeps = false }).Load(0).Points.Count);
    }

    [Fact]
    public void A_broken_sweep_chain_is_noted_and_the_sweeps_before_it_are_used()
    {
        using var tables = new TinyTables();
        tables.Set("sample_data", "d1", "prev", "\"gone\"");
        tables.Write();
        var source = tables.Open(options => options with { SweepsNum = 3 });
        Assert.Equal(3, source.Load(1).Points.Count);
        var note = Assert.Single(source.Notes);
        Assert.Equal(DiagnosticCodes.DatasetChainBroken, note.Code);
        Assert.Contains("'gone'", note.Message, StringComparison.Ordinal);
        Assert.Equal(3, note.Location!.Line);
    }

    [Fact]
    public void A_cut_sample_chain_is_noted_and_the_rest_follows_by_time()
    {
        using var tables = new TinyTables();
        tables.Set("sample", "s0", "next", "\"gone\"");
        tables.Write();
        var source = tables.Open();
        Assert.Equal(2, source.Count);
        Assert.All(source.Notes, note => Assert.Equal((DiagnosticCodes.DatasetChainBroken, Severity.Warning), (note.Code, note.Severity)));
        Assert.Equal(2, source.Notes.Count);
    }

    [Fact]
    public void A_missing_neighbour_of_an_annotation_is_noted()
    {
        using var tables = new TinyTables();
        tables.Set("sample_annotation", "a1", "prev", "\"gone\"");
        tables.Write();
        var source = tables.Open();
        Assert.True(double.IsNaN(source.Load(1).Objects![0].Box.Vx));
        Assert.Contains("a1", Assert.Single(source.Notes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sample_without_the_lidar_is_noted_and_left_out()
    {
        using var tables = new TinyTables();
        tables.Tables["sample_data"].Remove(tables.Row("sample_data", "d0"));
        tables.Write();
        var source = tables.Open();
        Assert.Equal("s1", source.Load(0).Token);
        Assert.Equal(DiagnosticCodes.FrameWithoutLidar, Assert.Single(source.Notes).Code);
    }

    [Fact]
    public void Points_and_radar_returns_count_together_and_unknown_counts_are_minus_one()
    {
        using var tables = new TinyTables();
        tables.Row("sample_annotation", "a1").Remove("num_lidar_pts");
        tables.Write();
        var source = tables.Open();
        Assert.Equal(7, source.Load(0).Objects![0].PointCount);
        Assert.Equal(-1, source.Load(1).Objects![0].PointCount);
    }

    [Fact]
    public void Fewer_frames_than_asked_for_are_allowed_and_noted()
    {
        using var tables = new TinyTables().Write();
        var source = tables.Open(options => options with { NumFrames = 5 });
        Assert.Equal(2, source.Count);
        Assert.Equal(DiagnosticCodes.DatasetFramesFewer, Assert.Single(source.Notes).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_annotations_frames_load_and_are_unlabelled(bool emptyTable)
    {
        using var tables = new TinyTables();
        tables.Tables["sample_annotation"].Clear();
        tables.Write();
        if (!emptyTable)
        {
            File.Delete(tables.TablePath("sample_annotation"));
        }

        var source = tables.Open();
        Assert.False(source.HasLabels);
        Assert.Null(source.Load(0).Objects);
        Assert.Equal(DiagnosticCodes.DatasetUnlabelled, Assert.Single(source.Notes).Code);
    }

    [Fact]
    public void A_frame_without_objects_in_a_labelled_set_has_an_empty_list()
    {
        using var tables = new TinyTables();
        tables.Tables["sample_annotation"].RemoveAt(1);
        tables.Set("sample_annotation", "a0", "next", "\"\"");
        tables.Write();
        var source = tables.Open();
        Assert.True(source.HasLabels);
        Assert.Empty(source.Load(1).Objects!);
    }
}
