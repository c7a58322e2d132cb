using System.Diagnostics;
using System.Text.Json;
using Deploy.Pipeline;
using Deploy.Tests.Commands;
using Deploy.Tests.Engines.TensorRt;
using Testing;

namespace Deploy.Tests.Pipeline;

/// <summary>The main job with a trtexec that computes outputs with ONNX Runtime: everything around TensorRT runs, TensorRT itself does not.</summary>
public sealed class TensorRtRunTests(TensorRtRunTests.Run run) : IClassFixture<TensorRtRunTests.Run>
{
    [Fact]
    public void Both_precisions_are_built_timed_and_packed_for_autoware()
    {
        var engine = Json("engine.json");

        Assert.Equal("tensorrt", engine.GetProperty("backend").GetString());
        Assert.Equal(["fp16", "int8"], engine.GetProperty("engines").EnumerateObject().Select(item => item.Name));
        Assert.Equal(0.75, engine.GetProperty("engines").GetProperty("int8").GetProperty("int8_time_share").GetDouble(), 9);
        Assert.Contains("--int8", engine.GetProperty("engines").GetProperty("int8").GetProperty("command").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal("gpu", Json("latency.json").GetProperty("device").GetString());
        Assert.All(["engine/int8/pts_voxel_encoder.engine", "engine/int8/pts_backbone_neck_head.onnx", "engine/fp16/pts_backbone_neck_head.engine.build.log"], file => Assert.True(File.Exists(Path.Combine(run.Folder, file)), file));
        var package = Path.Combine(run.Folder, "engine/int8/centerpoint_ml_package.param.yaml");
        Assert.True(File.Exists(package) || run.First.Error.Contains("no Autoware package for int8", StringComparison.Ordinal), run.First.Error);
    }

    [Fact]
    public void The_engines_own_outputs_are_compared_and_gated()
    {
        var (graphs, engines) = (Json("compare.json"), Json("engine/compare.json"));

        Assert.Equal("int8_trt", engines.GetProperty("candidate").GetString());
        Assert.Equal("tensorrt 10.3.0", engines.GetProperty("provider").GetString());
        Assert.Equal(graphs.GetProperty("frames").GetInt32(), engines.GetProperty("frames").GetInt32());
        Assert.All(
            graphs.GetProperty("outputs").EnumerateArray().Zip(engines.GetProperty("outputs").EnumerateArray()),
            pair => Assert.Equal(pair.First.GetProperty("value").GetDouble(), pair.Second.GetProperty("value").GetDouble(), 2));
        Assert.Contains(Json("gate.json").GetProperty("checks").EnumerateArray(), check => check.GetProperty("name").GetString() == "engine.comparison");
    }

    [Fact]
    public void The_engine_has_a_map_of_its_own_that_the_gate_reads()
    {
        var models = Json("evaluation.json").GetProperty("models");

        Assert.Equal(models.GetProperty("int8").GetProperty("mAP").GetDouble(), models.GetProperty("int8_trt").GetProperty("mAP").GetDouble(), 3);
        Assert.Contains(Json("gate.json").GetProperty("checks").EnumerateArray(), check => check.GetProperty("name").GetString() == "engine.map_drop_max");
    }

    [Fact]
    public void An_engine_that_computes_wrong_outputs_fails_the_gate_although_trtexec_passed()
    {
        using var work = TempFolder.CopyOf(run.Folder);
        File.WriteAllText(work.File("encoder.json"), """[{"name":"pillar_features","dimensions":"1x2","values":[1,2]}]""");
        var fake = new FakeTrtexec(work, new { version = "10.3.0", output = work.File("encoder.json") });

        var result = DeployRunner.Run(["run", .. Run.Options(work.Path, fake), "--to", "engine"]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("error QNT0505: the encoder's engine gave pillar_features 1x2 instead of pillar_features of", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(work.File("engine/compare.json")));
        Assert.Empty(Directory.EnumerateFiles(work.Path, ".tmp-*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_bundle_goes_to_the_target_and_comes_back_as_the_runs_engines()
    {
        using var work = TempFolder.CopyOf(run.Folder);
        var bundle = work.File("bundle");
        var written = DeployRunner.Run(["bundle", .. DeployRunner.QuickSample(work.Path), "--output", bundle, "--frames", "1"]);
        Assert.True(written.ExitCode == 0, written.Error);
        var early = DeployRunner.Run(["engine", .. DeployRunner.QuickSample(work.Path), "--import", bundle]);
        Assert.Contains("QNT0508: the bundle has no folder 'results'", early.Error, StringComparison.Ordinal);

        OnTarget(bundle, new FakeTrtexec(work, new { version = "8.6.1", computes = true }).Program);
        var imported = DeployRunner.Run(["engine", .. DeployRunner.QuickSample(work.Path), "--import", bundle, "--json"]);

        Assert.True(imported.ExitCode == 0, imported.Error);
        using var engine = JsonDocument.Parse(imported.Output);
        Assert.StartsWith("tensorrt 8.6.1", engine.RootElement.GetProperty("engines").GetProperty("int8").GetProperty("runtime").GetString(), StringComparison.Ordinal);
        var compared = JsonFile.Read<JsonElement>(work.File("engine/compare.json"));
        Assert.Equal(1, compared.GetProperty("frames").GetInt32());
        Assert.InRange(compared.GetProperty("outputs").EnumerateArray().First(output => output.GetProperty("name").GetString() == "heatmap").GetProperty("value").GetDouble(), 1e-6, 0.01);

        var stale = DeployRunner.Run(["engine", .. DeployRunner.QuickSample(work.Path, "--set", "quantization.calibration.method=max"), "--import", bundle]);
        Assert.Equal(2, stale.ExitCode);
        Assert.Contains("error QNT0508: int8/pts_backbone_neck_head.engine: the bundle was made from another ONNX file", stale.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Engines_of_a_folder_of_graphs_need_no_checkpoint()
    {
        using var work = new TempFolder();
        var fake = new FakeTrtexec(work, new { version = "10.3.0" });
        string[] common = ["--config", DeployRunner.SampleConfig, "--set", $"backend_config.trtexec={fake.Program}"];

        var result = DeployRunner.Run(["engine", .. common, "--onnx", Path.Combine(run.Folder, "onnx", "int8"), "--output", work.File("engines")]);
        var wrong = DeployRunner.Run(["engine", .. common, "--onnx", run.Folder, "--output", work.File("none")]);
        var half = DeployRunner.Run(["engine", .. common, "--onnx", run.Folder]);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.True(File.Exists(work.File("engines/int8/pts_backbone_neck_head.engine")));
        Assert.Equal(["int8"], JsonFile.Read<JsonElement>(work.File("engines/engine.json")).GetProperty("engines").EnumerateObject().Select(item => item.Name));
        Assert.Contains("error QNT0504: neither", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("--onnx and --output belong together", half.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_says_what_the_trtexec_here_can_do()
    {
        using var work = new TempFolder();
        var fake = new FakeTrtexec(work, new { version = "10.3.0" });

        var doctor = DeployRunner.Run(Path.GetDirectoryName(fake.Program)!, ["doctor"]);

        Assert.Contains("TensorRT 10.3.0", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("deconvolution scales: per tensor, or axis 1", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_engine_folders_compare_like_two_onnx_folders()
    {
        using var work = TempFolder.CopyOf(run.Folder);
        var fake = new FakeTrtexec(work, new { version = "10.3.0", computes = true });

        var result = DeployRunner.Run(["compare", .. Run.Options(work.Path, fake), "--reference", work.File("engine/fp16"), "--candidate", work.File("engine/int8")]);

        Assert.True(result.ExitCode is 0 or 1, result.Error);
        using var compared = JsonDocument.Parse(result.Output);
        Assert.Equal("int8_trt", compared.RootElement.GetProperty("candidate").GetString());
    }

    private static void OnTarget(string bundle, string trtexec)
    {
        var start = new ProcessStartInfo("sh", ["./run.sh"]) { WorkingDirectory = bundle, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TRTEXEC"] = trtexec;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{output.Result}\n{error.Result}");
    }

    private JsonElement Json(string file) => JsonFile.Read<JsonElement>(Path.Combine(run.Folder, file));

    public sealed class Run : IDisposable
    {
        private readonly TempFolder folder = new();
        private readonly TempFolder tools = new();

        public Run()
        {
            var fake = new FakeTrtexec(tools, new { version = "10.3.0", computes = true });
            First = DeployRunner.Run(["run", .. Options(folder.Path, fake)]);
            Assert.True(First.ExitCode is 0 or 1, First.Error);
        }

        public string Folder => folder.Path;

        internal DeployRunner First { get; }

        internal static string[] Options(string work, FakeTrtexec trtexec) => DeployRunner.QuickSample(
            work, "--set", $"backend_config.trtexec={trtexec.Program}", "--set", "evaluation.models=[fp32, fp16, int8, int8_trt]");

        public void Dispose()
        {
            folder.Dispose();
            tools.Dispose();
        }
    }
}
