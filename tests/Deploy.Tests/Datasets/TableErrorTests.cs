using Deploy.Datasets;
using Quant.Core.Diagnostics;
using Xunit;

namespace Deploy.Tests.Datasets;

/// <summary>Broken tables end in coded messages that name the place.</summary>
public sealed class TableErrorTests
{
    [Fact]
    public void All_missing_tables_are_reported_at_once()
    {
        using var tables = new TinyTables().Write();
        File.Delete(tables.TablePath("scene"));
        File.Delete(tables.TablePath("ego_pose"));
        var failure = Assert.Throws<QuantException>(() => tables.Open());
        Assert.Equal([DiagnosticCodes.DatasetTableMissing, DiagnosticCodes.DatasetTableMissing], failure.Diagnostics.Select(item => item.Code));
        Assert.Contains("scene.json", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ego_pose.json", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("instance")]
    [InlineData("category")]
    public void Labels_without_their_tables_are_an_error(string table)
    {
        using var tables = new TinyTables().Write();
        File.Delete(tables.TablePath(table));
        Assert.Equal(DiagnosticCodes.DatasetTableMissing, Assert.Throws<QuantException>(() => tables.Open()).Code);
    }

    [Theory]
    [InlineData("[\n{\"token\":\"a\",\n \"channel\": oops}\n]", 3, 13)]
    [InlineData("[{\"token\":\"a\"}", 1, 15)]
    [InlineData("", 1, 1)]
    [InlineData("[{}]]", 1, 5)]
    public void Broken_json_is_reported_with_line_and_column(string json, int line, int column)
    {
        using var tables = new TinyTables().Write();
        File.WriteAllText(tables.TablePath("ego_pose"), json.Replace("{}", """{"token":"p9"}""", StringComparison.Ordinal));
        var diagnostic = Assert.Single(Assert.Throws<QuantException>(() => tables.Open()).Diagnostics);
        Assert.Equal(DiagnosticCodes.DatasetTableInvalid, diagnostic.Code);
        Assert.Equal(line, diagnostic.Location!.Line);
        Assert.True(json == "[{}]]" || diagnostic.Location.Column == column, diagnostic.ToString());
        Assert.DoesNotContain("LineNumber", diagnostic.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"token\":\"a\"}")]
    [InlineData("[1, 2]")]
    [InlineData("null")]
    public void A_table_that_is_no_array_of_objects_is_refused(string json)
    {
        using var tables = new TinyTables().Write();
        File.WriteAllText(tables.TablePath("sensor"), json);
        Assert.Equal(DiagnosticCodes.DatasetTableInvalid, Assert.Throws<QuantException>(() => tables.Open()).Code);
    }

    [Theory]
    [InlineData("sample_annotation", "a1", "size", "[2, 4]", 3)]
    [InlineData("sample_annotation", "a1", "size", "[2, 0, 1]", 3)]
    [InlineData("sample_annotation", "a1", "size", "[2, 1e999, 1]", 3)]
    [InlineData("sample_annotation", "a1", "rotation", "[0, 0, 0, 0]", 3)]
    [InlineData("sample_annotation", "a1", "velocity", "\"fast\"", 3)]
    [InlineData("sample_data", "d1", "timestamp", "\"late\"", 3)]
    [InlineData("sample_data", "d1", "is_key_frame", "1", 3)]
    [InlineData("sample_data", "d1", "filename", "null", 3)]
    [InlineData("ego_pose", "p1", "translation", "null", 3)]
    public void A_wrong_field_is_reported_with_its_name_and_row(string table, string token, string field, string json, int line)
    {
        using var tables = new TinyTables();
        tables.Set(table, token, field, json.Contains("1e999", StringComparison.Ordinal) ? "\"HUGE\"" : json);
        tables.Write();
        var path = tables.TablePath(table);
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"HUGE\"", json, StringComparison.Ordinal));
        var diagnostic = Assert.Single(Assert.Throws<QuantException>(() => tables.Open(options => options with { SweepsNum = 1 })).Diagnostics);
        Assert.Equal(DiagnosticCodes.DatasetTableInvalid, diagnostic.Code);
        Assert.Contains($"'{field}'", diagnostic.Message, StringComparison.Ordinal);
        Assert.Equal((path, line, 1), (diagnostic.Location!.File, diagnostic.Location.Line, diagnostic.Location.Column));
    }

    [Theory]
    [InlineData("sample_data", "d2", "ego_pose_token")]
    [InlineData("sample_data", "d2", "calibrated_sensor_token")]
    [InlineData("calibrated_sensor", "lidar-cal", "sensor_token")]
    [InlineData("sample", "s0", "scene_token")]
    [InlineData("sample_annotation", "a0", "sample_token")]
    [InlineData("sample_annotation", "a0", "instance_token")]
    [InlineData("instance", "i0", "category_token")]
    public void A_token_without_its_row_is_an_error_at_the_row_that_names_it(string table, string token, string field)
    {
        using var tables = new TinyTables();
        tables.Set(table, token, field, "\"gone\"");
        tables.Write();
        var diagnostic = Assert.Single(Assert.Throws<QuantException>(() => tables.Open()).Diagnostics);
        Assert.Equal(DiagnosticCodes.DatasetTokenDangling, diagnostic.Code);
        Assert.Contains("'gone'", diagnostic.Message, StringComparison.Ordinal);
        Assert.Contains(field, diagnostic.Message, StringComparison.Ordinal);
        Assert.Equal(tables.TablePath(table), diagnostic.Location!.File);
        Assert.Equal(2 + tables.Tables[table].FindIndex(row => (string?)row["token"] == token), diagnostic.Location.Line);
    }

    [Fact]
    public void A_dangling_attribute_is_an_error()
    {
        using var tables = new TinyTables();
        tables.Set("sample_annotation", "a0", "attribute_tokens", """["gone"]""");
        tables.Write();
        Assert.Equal(DiagnosticCodes.DatasetTokenDangling, Assert.Throws<QuantException>(() => tables.Open()).Code);
    }

    [Theory]
    [InlineData("sample", "s1", "next", "s0", 0)]
    [InlineData("sample_data", "d1", "prev", "d1", 3)]
    [InlineData("sample_data", "d0", "prev", "d2", 5)]
    public void A_chain_that_runs_in_a_circle_is_an_error(string table, string token, string field, string to, int sweeps)
    {
        using var tables = new TinyTables();
        tables.Set(table, token, field, $"\"{to}\"");
        tables.Write();
        var failure = Assert.Throws<QuantException>(() => tables.Open(options => options with { SweepsNum = sweeps }));
        Assert.Equal(DiagnosticCodes.DatasetChainBroken, failure.Code);
    }

    [Theory]
    [InlineData("../outside.bin")]
    [InlineData("data/../../outside.bin")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    [InlineData(".")]
    public void A_path_that_leaves_the_data_set_is_refused(string path)
    {
        using var tables = new TinyTables();
        tables.Row("sample_data", "d0")["filename"] = path;
        tables.Write();
        var diagnostic = Assert.Single(Assert.Throws<QuantException>(() => tables.Open()).Diagnostics);
        Assert.Equal(DiagnosticCodes.DatasetPathOutside, diagnostic.Code);
        Assert.Equal(2, diagnostic.Location!.Line);
    }

    [Fact]
    public void An_absolute_path_is_read_when_that_is_allowed()
    {
        using var tables = new TinyTables();
        using var elsewhere = new Testing.TempFolder();
        tables.Row("sample_data", "d0")["filename"] = elsewhere.File("d0.bin");
        tables.Write();
        File.Copy(Path.Combine(tables.Root, "data", "LIDAR_TOP", "d0.pcd.bin"), elsewhere.File("d0.bin"));
        Assert.Equal(2, tables.Open(options => options with { AllowPathsOutsideRoot = true }).Load(0).Points.Count);
    }

    [Fact]
    public void Missing_point_files_are_listed_when_the_data_set_is_opened()
    {
        using var tables = new TinyTables().Write();
        Directory.Delete(Path.Combine(tables.Root, "data"), recursive: true);
        var failure = Assert.Throws<QuantException>(() => tables.Open());
        Assert.Equal(2, failure.Diagnostics.Count);
        Assert.All(failure.Diagnostics, item => Assert.Equal(DiagnosticCodes.PointFileMissing, item.Code));
        Assert.EndsWith("d0.pcd.bin", failure.Diagnostics[0].Location!.File, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_sweep_is_an_error_of_its_frame()
    {
        using var tables = new TinyTables().Write();
        File.Delete(Path.Combine(tables.Root, "data", "LIDAR_TOP", "d1.pcd.bin"));
        var source = tables.Open(options => options with { SweepsNum = 1, PadEmptySweeps = false });
        Assert.Equal(2, source.Load(0).Points.Count);
        Assert.Equal(DiagnosticCodes.PointFileMissing, Assert.Throws<QuantException>(() => source.Load(1)).Code);
    }

    [Fact]
    public void A_set_without_samples_is_empty()
    {
        using var tables = new TinyTables();
        tables.Tables["sample"].Clear();
        tables.Tables["scene"].Clear();
        tables.Tables["sample_annotation"].Clear();
        tables.Write();
        Assert.Equal(DiagnosticCodes.DatasetEmpty, Assert.Throws<QuantException>(() => tables.Open()).Code);
    }

    [Fact]
    public void Two_lidars_with_key_frames_need_a_choice_unless_one_has_a_usual_name()
    {
        using var tables = new TinyTables();
        tables.Set("sensor", "lidar", "channel", "\"LEFT\"");
        tables.Set("sensor", "camera", "channel", "\"RIGHT\"");
        tables.Set("sensor", "camera", "modality", "\"lidar\"");
        tables.Write();
        var failure = Assert.Throws<QuantException>(() => tables.Open());
        Assert.Equal(DiagnosticCodes.LidarChannelUnclear, failure.Code);
        Assert.Contains("LEFT, RIGHT", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, tables.Open(options => options with { LidarChannel = "LEFT" }).Count);
        Assert.Equal(DiagnosticCodes.LidarChannelUnclear, Assert.Throws<QuantException>(() => tables.Open(options => options with { LidarChannel = "TOP" })).Code);
        tables.Set("sensor", "lidar", "channel", "\"LIDAR_CONCAT\"");
        tables.Write();
        Assert.Equal(2, tables.Open().Count);
    }

    [Fact]
    public void Rows_longer_than_the_buffer_and_a_byte_order_mark_are_read()
    {
        using var tables = new TinyTables();
        tables.Row("sample", "s0")["comment"] = new string('x', 700_000);
        tables.Write();
        var path = tables.TablePath("sample");
        File.WriteAllBytes(path, [0xEF, 0xBB, 0xBF, .. File.ReadAllBytes(path)]);
        Assert.Equal(2, tables.Open().Count);
    }

    [Fact]
    public void A_row_without_end_is_refused_before_it_fills_the_memory()
    {
        using var tables = new TinyTables().Write();
        using (var writer = new StreamWriter(tables.TablePath("ego_pose")))
        {
            writer.Write("[{\"token\":\"");
            var block = new string('x', 1 << 20);
            for (var i = 0; i < 40; i++)
            {
                writer.Write(block);
            }

            writer.Write("\"}]");
        }

        Assert.Contains("longer than", Assert.Throws<QuantException>(() => tables.Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_and_invalid_text_are_json_errors()
    {
        using var tables = new TinyTables().Write();
        File.WriteAllText(tables.TablePath("ego_pose"), "[{\"token\":" + new string('[', 5000));
        Assert.Equal(DiagnosticCodes.DatasetTableInvalid, Assert.Throws<QuantException>(() => tables.Open()).Code);
        File.WriteAllBytes(tables.TablePath("ego_pose"), [.. "[{\"token\":\""u8, 0xFF, 0xFE, .. "\"}]"u8]);
        Assert.Equal(DiagnosticCodes.DatasetTableInvalid, Assert.Throws<QuantException>(() => tables.Open()).Code);
    }
}
