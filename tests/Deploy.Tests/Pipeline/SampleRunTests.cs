using System.Text.Json;
using Deploy.Pipeline;
using Deploy.Tests.Commands;
using Deploy.Tests.Reporting;
using Testing;

namespace Deploy.Tests.Pipeline;

/// <summary>The main job on the shipped sample with few frames: files, resume, determinism.</summary>
public sealed class SampleRunTests(SampleRunTests.SampleRun run) : IClassFixture<SampleRunTests.SampleRun>
{
    private static readonly string[] DeterministicFiles =
    [
        "checkpoint.json", "fused.pth", "fusion.json", "plan.json", "equalized.pth", "equalization.json", "ranges.json", "calibration/histograms.json", "bias_correction.json",
        "quantization.json", "quantized.pth", "onnx/fp32/pts_voxel_encoder.onnx", "onnx/fp16/pts_backbone_neck_head.onnx",
        "onnx/int8/pts_backbone_neck_head.onnx", "compare.json", "evaluation.json", "detections/int8.json",
    ];

    [Fact]
    public void It_ends_with_the_gates_verdict_and_leaves_every_file()
    {
        Assert.True(run.First.ExitCode is 0 or 1, run.First.Error);
        Assert.DoesNotContain("QNT0999", run.First.Error, StringComparison.Ordinal);
        string[] others = ["engine/int8_cpu/pts_backbone_neck_head.onnx", "engine.json", "latency.json", "gate.json", "junit.xml", "report.md", "report.html", "sbom.json", "manifest.json", "deploy.log"];
        Assert.All([.. DeterministicFiles, .. others], file => Assert.True(new FileInfo(Path.Combine(run.Folder, file)) is { Exists: true, Length: > 0 }, file));
        Assert.Empty(Directory.EnumerateFiles(run.Folder, ".tmp-*", SearchOption.AllDirectories));
        Assert.Equal(run.First.ExitCode == 0, run.Passed);
    }

    [Fact]
    public void All_27_dense_layers_are_quantized_and_their_heads_share_a_range()
    {
        var layers = Json("quantization.json").GetProperty("layers").EnumerateArray().ToList();

        Assert.Equal(27, layers.Count(layer => layer.GetProperty("quantized").GetBoolean()));
        Assert.Equal("not in quantization.quantize", layers[0].GetProperty("reason").GetString());
        Assert.Single(layers.Where(layer => layer.GetProperty("name").GetString()!.EndsWith(".0.conv", StringComparison.Ordinal)).Select(layer => layer.GetProperty("input").GetProperty("amax").GetSingle()).Distinct());
    }

    [Fact]
    public void The_cpu_form_runs_21_layers_as_integer_and_says_that_tensorrt_did_not_run()
    {
        var engine = Json("engine.json");

        Assert.Equal("onnxruntime", engine.GetProperty("backend").GetString());
        Assert.Contains("trtexec was not found", engine.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(21, engine.GetProperty("engines").GetProperty("int8_cpu").GetProperty("integer_layers").GetArrayLength());
        Assert.Contains("TensorRT was not run", File.ReadAllText(Path.Combine(run.Folder, "report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void It_ends_with_a_summary_that_fits_a_terminal_and_writes_nothing_to_stdout()
    {
        var summary = run.First.Error.Split('\n')[(run.First.Error.Split('\n').ToList().FindLastIndex(line => line.StartsWith("report: done", StringComparison.Ordinal)) + 1)..^1];

        Assert.InRange(summary.Length, 9, 14);
        string[] told = ["verdict", "mAP ", "NDS", "mAP drop", "comparison", "latency", "INT8 layers", "size", "backend", "time", "report"];
        Assert.All(told, what => Assert.Contains(summary, line => line.StartsWith($"  {what}", StringComparison.Ordinal)));
        Assert.Contains(summary, line => line.Contains("27 of 29", StringComparison.Ordinal));
        Assert.All(summary, line => Assert.InRange(line.Length, 1, 80));
        Assert.StartsWith(run.Passed ? "  verdict      PASS" : "  verdict      FAIL", summary[0], StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.First.Error);
        Assert.Empty(run.First.Output);
    }

    [Fact]
    public void Json_on_stdout_is_a_record_alone_and_quiet_leaves_stderr_empty()
    {
        var result = DeployRunner.Run(["run", .. DeployRunner.QuickSample(run.Folder, "--to", "load", "--json", "--quiet")]);

        using var json = JsonDocument.Parse(result.Output);
        Assert.True(json.RootElement.GetProperty("stages").GetProperty("load").GetDouble() >= 0);
        Assert.Empty(result.Error);
    }

    [Fact]
    public void The_bill_of_materials_has_the_digests_of_the_files_and_the_manifest_has_its_own()
    {
        var models = Json("sbom.json").GetProperty("components").EnumerateArray().Where(item => item.GetProperty("bom-ref").GetString()!.StartsWith("file:", StringComparison.Ordinal)).ToList();

        Assert.Contains(models, item => item.GetProperty("name").GetString() == "onnx/int8/pts_backbone_neck_head.onnx");
        Assert.All(models.Where(item => !item.GetProperty("name").GetString()!.StartsWith("checkpoint/", StringComparison.Ordinal)), item =>
            Assert.Equal(Fingerprint.OfFile(Path.Combine(run.Folder, item.GetProperty("name").GetString()!)), item.GetProperty("hashes")[0].GetProperty("content").GetString()));
        Assert.Equal(Fingerprint.OfFile(Path.Combine(run.Folder, "sbom.json")), Json("manifest.json").GetProperty("sbom").GetProperty("sha256").GetString());
    }

    [Fact]
    public void The_report_opens_in_a_browser_without_errors_and_has_every_section()
    {
        var browser = Browser.Find();
        Assert.SkipUnless(browser is not null, "no chromium, chromium-browser or google-chrome on PATH");
        using var profile = new TempFolder();

        var (dom, log) = Browser.Load(browser!, Path.Combine(run.Folder, "report.html"), profile.Path);

        Assert.DoesNotContain("CONSOLE", log, StringComparison.Ordinal);
        string[] sections = ["gates", "accuracy", "frames", "layers", "histograms", "sensitivity", "pareto", "engines", "comparison", "manifest"];
        Assert.All(sections, id => Assert.Contains($"<section id=\"{id}\"", dom, StringComparison.Ordinal));
        Assert.Contains("class=\"truth\"", dom, StringComparison.Ordinal);
        Assert.InRange(new FileInfo(Path.Combine(run.Folder, "report.html")).Length, 10_000, 1_000_000);
    }

    [Fact]
    public void The_report_and_its_record_show_every_layers_error_before_and_after_bias_correction()
    {
        var layers = Json("bias_correction.json").GetProperty("layers").EnumerateArray().ToList();
        var report = File.ReadAllText(Path.Combine(run.Folder, "report.html"));

        Assert.Equal(27, layers.Count);
        Assert.All(layers, layer => Assert.InRange(layer.GetProperty("rms_after").GetDouble(), 1e-9, layer.GetProperty("rms_before").GetDouble()));
        Assert.All(layers, layer => Assert.Contains($">{layer.GetProperty("name").GetString()}</text>", report, StringComparison.Ordinal));
        Assert.Contains("Bias correction in execution order", report, StringComparison.Ordinal);
        Assert.Contains("mean error of each channel before", report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_run_skips_every_stage_but_gate_and_report()
    {
        var second = DeployRunner.Run(["run", .. DeployRunner.QuickSample(run.Folder)]);

        Assert.Equal(run.First.ExitCode, second.ExitCode);
        Assert.Equal(10, second.Error.Split('\n').Count(line => line.EndsWith(": up to date", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_changed_gate_runs_no_stage_before_it()
    {
        var strict = DeployRunner.Run(["run", .. DeployRunner.QuickSample(run.Folder, "--set", "gates.speedup_min=100")]);

        Assert.Equal(1, strict.ExitCode);
        Assert.Contains("error QNT0701", strict.Error, StringComparison.Ordinal);
        Assert.Contains("evaluate: up to date", strict.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_elsewhere_gives_the_same_bytes()
    {
        using var other = new TempFolder();

        DeployRunner.Run(["run", .. DeployRunner.QuickSample(other.Path, "--to", "evaluate")]);

        Assert.All(DeterministicFiles, file => Assert.Equal(Fingerprint.OfFile(Path.Combine(run.Folder, file)), Fingerprint.OfFile(other.File(file))));
    }

    [Fact]
    public void A_quantized_checkpoint_exports_the_same_int8_graph_and_no_float_model()
    {
        using var work = new TempFolder();
        var quantized = Path.Combine(run.Folder, "quantized.pth");

        var export = DeployRunner.Run(["export", .. DeployRunner.QuickSample(work.File("w")), "--checkpoint", quantized, "--output", work.File("onnx")]);
        var refused = DeployRunner.Run(["run", .. DeployRunner.QuickSample(work.File("v"), "--set", $"checkpoint_path={quantized}", "--to", "load")]);

        Assert.True(export.ExitCode == 0, export.Error);
        Assert.Equal(Fingerprint.OfFile(Path.Combine(run.Folder, "onnx/int8/pts_backbone_neck_head.onnx")), Fingerprint.OfFile(work.File("onnx/pts_backbone_neck_head.onnx")));
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("QNT0450", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Against_itself_as_the_earlier_release_nothing_dropped()
    {
        using var copy = TempFolder.CopyOf(run.Folder);

        var result = DeployRunner.Run("gate", "--config", DeployRunner.SampleConfig, "--work-dir", copy.Path, "--baseline", run.Folder, "--json");

        Assert.Contains("baseline", result.Output, StringComparison.Ordinal);
        using var gate = JsonDocument.Parse(result.Output);
        var drop = gate.RootElement.GetProperty("checks").EnumerateArray().First(check => check.GetProperty("name").GetString()!.Contains("baseline", StringComparison.Ordinal));
        Assert.Equal(0, drop.GetProperty("value").GetDouble());
        Assert.Equal("pass", drop.GetProperty("verdict").GetString());
    }

    [Fact]
    public void With_t4_v2_there_is_a_bucket_table_and_no_gate_on_nds()
    {
        using var copy = TempFolder.CopyOf(run.Folder);

        var result = DeployRunner.Run(["run", .. DeployRunner.QuickSample(copy.Path, "--set", "evaluation.metric=t4_v2", "--set", "gates.map_drop_max=1")]);

        Assert.True(result.ExitCode is 0 or 1, result.Error);
        Assert.DoesNotContain("NDS drop", result.Error, StringComparison.Ordinal);
        Assert.Contains("\"buckets\"", File.ReadAllText(copy.File("evaluation.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Deconvolutions_written_as_convolutions_give_the_same_outputs_and_take_ranges_per_channel()
    {
        using var copy = TempFolder.CopyOf(run.Folder);
        using var perChannel = new TempFolder();

        var export = DeployRunner.Run(["run", .. DeployRunner.QuickSample(copy.Path, "--set", "onnx_config.deconv_as_conv=true", "--to", "export")]);
        var compare = DeployRunner.Run(["compare", .. DeployRunner.QuickSample(perChannel.File("w")), "--reference", Path.Combine(run.Folder, "onnx/int8"), "--candidate", copy.File("onnx/int8")]);
        var wide = DeployRunner.Run(["run", .. DeployRunner.QuickSample(perChannel.Path, "--set", "onnx_config.deconv_as_conv=true", "--set", "quantization.deconv_weight=per_channel", "--to", "compare")]);

        Assert.True(export.ExitCode == 0, export.Error);
        Assert.Contains("DepthToSpace", DeployRunner.Run("inspect", copy.File("onnx/int8/pts_backbone_neck_head.onnx")).Output, StringComparison.Ordinal);
        using var report = JsonDocument.Parse(compare.Output);
        Assert.All(report.RootElement.GetProperty("outputs").EnumerateArray(), output => Assert.InRange(output.GetProperty("max_abs").GetDouble(), 0, 1e-3));
        Assert.True(wide.ExitCode == 0, wide.Error);
    }

    [Fact]
    public void A_damaged_output_is_made_again()
    {
        using var work = new TempFolder();
        string[] arguments = ["run", .. DeployRunner.QuickSample(work.Path, "--to", "insert")];
        DeployRunner.Run(arguments);
        var before = Fingerprint.OfFile(work.File("fused.pth"));
        File.WriteAllText(work.File("fused.pth"), "damaged");
        File.WriteAllText(work.File("stages/load.json"), "{");

        Assert.Equal(0, DeployRunner.Run(arguments).ExitCode);

        Assert.Equal(before, Fingerprint.OfFile(work.File("fused.pth")));
    }

    private JsonElement Json(string file) => JsonFile.Read<JsonElement>(Path.Combine(run.Folder, file));

    public sealed class SampleRun : IDisposable
    {
        private readonly TempFolder folder = new();

        public SampleRun()
        {
            First = DeployRunner.Run(["run", .. DeployRunner.QuickSample(folder.Path)]);
            Passed = JsonFile.Read<JsonElement>(folder.File("gate.json")).GetProperty("pass").GetBoolean();
        }

        public string Folder => folder.Path;

        internal DeployRunner First { get; }

        /// <summary>What gate.json said after the first run; other tests gate the folder again.</summary>
        internal bool Passed { get; }

        public void Dispose() => folder.Dispose();
    }
}
