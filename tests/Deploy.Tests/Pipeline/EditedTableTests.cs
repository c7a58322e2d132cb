using System.Text.Json;
using System.Text.Json.Nodes;
using Deploy.Configuration;
using Deploy.Engines.OnnxRuntime;
using Deploy.Pipeline;
using Deploy.Tests.Commands;
using Deploy.Tests.Faults;
using Quant.Core.Export;
using Quant.Core.Models;
using Testing;

namespace Deploy.Tests.Pipeline;

/// <summary>quantization.json written by a run, edited by hand and used again by <c>quantization.table</c>, without calibrating.</summary>
public sealed class EditedTableTests(EditedTableTests.CalibratedRun run) : IClassFixture<EditedTableTests.CalibratedRun>
{
    private const string Conv = "pts_backbone.blocks.1.3";
    private const string Off = "pts_backbone.blocks.2.3";

    [Fact]
    public void The_unchanged_table_gives_the_same_bytes_and_says_what_made_it()
    {
        var again = run.Again("same", run.Table);

        Assert.Contains("nothing was calibrated", again.Error, StringComparison.Ordinal);
        Assert.Contains("equalize: up to date", again.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("QNT0318", again.Error, StringComparison.Ordinal);
        Assert.All(["quantization.json", "quantized.pth", "onnx/int8/pts_backbone_neck_head.onnx"], file => Assert.Equal(Fingerprint.OfFile(run.File("first", file)), Fingerprint.OfFile(run.File("same", file))));
        var origin = JsonFile.Read<JsonElement>(run.Table).GetProperty("origin").EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetString()!);
        Assert.Equal(["calibration_settings", "checkpoint", "device", "frames", "model_config", "program", "ranges", "weights"], origin.Keys);
        Assert.All(["calibration_settings", "checkpoint", "frames", "ranges", "weights"], name => Assert.Matches("^[0-9a-f]{64}$", origin[name]));
    }

    [Fact]
    public void Edited_values_stand_in_the_exported_graph_and_a_layer_switched_off_is_float()
    {
        var edited = run.Edit("edited.json", table =>
        {
            Layer(table, Conv)["input"]!["amax"] = 2.54;
            Layer(table, Conv)["weight"]!["amax"]![3] = 0.127;
            Layer(table, Off)["quantized"] = false;
        });

        var again = run.Again("edited", edited);

        Assert.Contains($"{Conv}: amax 2.54 decides", again.Error, StringComparison.Ordinal);
        Assert.Contains($"{Off}: switched off in quantization.table", again.Error, StringComparison.Ordinal);
        var graph = OnnxFile.Read(run.File("edited", "onnx/int8/pts_backbone_neck_head.onnx")).Graph;
        float[] Constant(string name) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(graph.Initializer.Single(item => item.Name == name).RawData.Span).ToArray();
        Assert.Equal([2.54f / 127f], Constant($"{Conv}._input_quantizer.scale"));
        Assert.Equal(0.127f / 127f, Constant($"{Conv}._weight_quantizer.scale")[3]);
        Assert.Equal($"{Off}.weight", graph.Node.Single(node => node.Name == Off).Input[1]);
        var written = JsonNode.Parse(File.ReadAllText(run.File("edited", "quantization.json")))!;
        Assert.Equal(JsonNode.Parse(File.ReadAllText(run.Table))!["origin"]!["ranges"]!.ToString(), written["origin"]!["edited_from"]!.ToString());
    }

    [Fact]
    public void The_file_may_be_edited_in_place_and_used_again_and_again()
    {
        run.Copy("first", "place");
        var file = run.File("place", "quantization.json");
        File.WriteAllText(file, Text(File.ReadAllText(file), table => Layer(table, Conv)["input"]!["amax"] = 2.54));

        run.Again("place", file);
        var once = Fingerprint.OfFile(file);
        run.Again("place", file);

        Assert.Equal(once, Fingerprint.OfFile(file));
        Assert.Equal(2.54f, Layer(JsonNode.Parse(File.ReadAllText(file))!, Conv)["input"]!["amax"]!.GetValue<float>());
        Assert.False(File.Exists(run.File("place", "quantization.edited.json")));
    }

    [Fact]
    public void An_edit_in_place_that_no_key_names_is_kept_and_warned_of()
    {
        run.Copy("first", "unused");
        var file = run.File("unused", "quantization.json");
        var text = Text(File.ReadAllText(file), table => Layer(table, Conv)["input"]!["amax"] = 2.54);
        File.WriteAllText(file, text);

        var again = run.Again("unused", null);

        Assert.Contains("warning QNT0319", again.Error, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(run.File("unused", "quantization.edited.json")));
        Assert.Equal(Fingerprint.OfFile(run.Table), Fingerprint.OfFile(file));
    }

    [Fact]
    public void A_table_of_other_frames_or_settings_is_warned_of_with_what_differs()
    {
        var foreign = run.Edit("foreign.json", table =>
        {
            table["origin"]!["frames"] = new string('0', 64);
            table["origin"]!["calibration_settings"] = new string('1', 64);
        });
        var nameless = run.Edit("nameless.json", table => ((JsonObject)table).Remove("origin"));

        var other = run.Again("foreign", foreign, "--to", "calibrate");
        var unknown = run.Again("foreign", nameless, "--to", "calibrate");

        Assert.Matches(@"foreign\.json: warning QNT0318: .*calibration_settings \(111111111111 there, [0-9a-f]{12} here\), frames \(000000000000 there", other.Error);
        Assert.DoesNotContain("checkpoint (", other.Error, StringComparison.Ordinal);
        Assert.Contains("warning QNT0318: the table does not say which frames", unknown.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "error QNT0303: quantization.table cannot be read")]
    [InlineData("""{"version":1,"layers":[{"name":"pts_neck","kind":"Conv2d","quantized":false}]}""", "error QNT0303: 'pts_neck' is no layer of this model")]
    [InlineData("""{"version":1}""", "error QNT0303: this is no quantizer table")]
    [InlineData(null, "error QNT0303: quantization.table is missing")]
    public void A_file_that_is_no_such_table_is_refused(string? text, string message)
    {
        var file = run.File("bad", $"{text?.Length ?? 0}.json");
        if (text is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        var result = run.Try("bad", file, "--to", "calibrate");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistake_has_the_line_of_its_layer()
    {
        var bad = run.Edit("mistake.json", table => Layer(table, Conv)["input"]!["amax"] = -1);
        var line = File.ReadAllLines(bad).ToList().FindIndex(text => text.Contains($"\"{Conv}\"", StringComparison.Ordinal)) + 1;

        var result = run.Try("bad", bad, "--to", "calibrate");

        Assert.Contains($"mistake.json({line},7): error QNT0303: {Conv}: its input amax is -1", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void With_quantized_pth_no_frame_is_read_at_all()
    {
        var edited = run.Edit("frames.json", table => Layer(table, Conv)["input"]!["amax"] = 2.54);
        var result = DeployRunner.Run(
        [
            "export", "--config", DeployRunner.SampleConfig, "--work-dir", run.File("frameless", ""), "--device", "cpu", .. SmallJob.Overrides.SelectMany(item => new[] { "--set", item }),
            "--set", $"quantization.table={edited}", "--set", $"dataset.calibration.root={run.File("nowhere", "")}",
            "--checkpoint", run.File("first", "quantized.pth"), "--precision", "int8", "--output", run.File("frameless", "out"),
        ]);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.DoesNotContain("QNT0318", result.Error, StringComparison.Ordinal);
        Assert.Contains("biases stay as they are: the checkpoint brings its own ranges", result.Error, StringComparison.Ordinal);
        var scale = OnnxFile.Read(run.File("frameless", "out/pts_backbone_neck_head.onnx")).Graph.Initializer.Single(item => item.Name == $"{Conv}._input_quantizer.scale");
        Assert.Equal(2.54f / 127f, BitConverter.ToSingle(scale.RawData.Span));
    }

    [Fact]
    public void Scaling_folded_into_the_decoration_gives_the_same_detections()
    {
        string[] encoder = ["--to", "export", "--set", "quantization.quantize=[pts_voxel_encoder]", "--set", "quantization.equalization.enabled=false"];
        run.Again("graph", null, encoder);
        var folded = run.Again("decoration", null, [.. encoder, "--set", "onnx_config.input_scaling=decoration"]);
        var config = ConfigLoader.Load(DeployRunner.SampleConfig, [.. SmallJob.Overrides]).Config.Model;
        using var points = new FileStream(Directory.GetFiles(Path.Combine(Repository.Root, "samples", "centerpoint_sim", "validation"), "*.pcd.bin", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First(), FileMode.Open, FileAccess.Read);
        var rows = new float[points.Length / 20 * 5];
        points.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(rows.AsSpan()));
        var cloud = new PointCloud([.. rows.Chunk(5).SelectMany(row => new[] { row[0], row[1], row[2], 0f })], 4);
        var pillars = Voxelizer.Voxelize(cloud, config);

        HostTensor Canvas(string folder)
        {
            using var detector = new OrtDetector("int8", run.File(folder, "onnx/int8/pts_voxel_encoder.onnx"), run.File(folder, "onnx/int8/pts_backbone_neck_head.onnx"), config, new OrtOptions(Optimize: false));
            return detector.Canvas(pillars);
        }

        Assert.True(pillars.Count > 10);
        Assert.Equal(Canvas("graph").Values, Canvas("decoration").Values);
        Assert.DoesNotContain(OnnxFile.Read(run.File("decoration", "onnx/int8/pts_voxel_encoder.onnx")).Graph.Node, node => node.OpType == "Mul");
        Assert.False(File.Exists(run.File("graph", "onnx/int8/pts_voxel_encoder.input.json")));
        var contract = JsonFile.Read<JsonElement>(run.File("decoration", "onnx/int8/pts_voxel_encoder.input.json"));
        Assert.Equal(("input_features", 9, "quant.input_factors"), (contract.GetProperty("input").GetString(), contract.GetProperty("factors").GetArrayLength(), contract.GetProperty("metadata").GetString()));
        Assert.Contains("scaled by their maker", folded.Error, StringComparison.Ordinal);
    }

    private static JsonNode Layer(JsonNode table, string name) => table["layers"]!.AsArray().Single(layer => layer!["name"]!.GetValue<string>() == name)!;

    private static string Text(string table, Action<JsonNode> edit)
    {
        var node = JsonNode.Parse(table)!;
        edit(node);
        return node.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n" });
    }

    public sealed class CalibratedRun : IDisposable
    {
        private readonly TempFolder folder = new();

        public CalibratedRun()
        {
            var result = SmallJob.Run(File("first", ""), "--to", "export");
            Assert.True(result.ExitCode == 0, result.Error);
        }

        public string Table => File("first", "quantization.json");

        public string File(string work, string name) => Path.Combine(folder.Path, work, name);

        internal DeployRunner Again(string work, string? table, params string[] more)
        {
            var result = Try(work, table, more);
            Assert.True(result.ExitCode == 0, result.Error);
            return result;
        }

        /// <summary>In a copy of the first run's folder, so that what is up to date stays so.</summary>
        internal DeployRunner Try(string work, string? table, params string[] more)
        {
            Copy("first", work);
            string[] named = table is null ? [] : ["--set", $"quantization.table={table}"];
            return SmallJob.Run(File(work, ""), [.. more.Contains("--to") ? [] : new[] { "--to", "export" }, .. named, .. more]);
        }

        public void Copy(string from, string to)
        {
            foreach (var file in Directory.Exists(File(to, "stages")) ? [] : Directory.GetFiles(File(from, ""), "*", SearchOption.AllDirectories))
            {
                var target = File(to, Path.GetRelativePath(File(from, ""), file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                System.IO.File.Copy(file, target);
            }
        }

        public string Edit(string name, Action<JsonNode> edit)
        {
            System.IO.File.WriteAllText(File("", name), Text(System.IO.File.ReadAllText(Table), edit));
            return File("", name);
        }

        public void Dispose() => folder.Dispose();
    }
}
