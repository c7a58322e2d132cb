using System.Diagnostics;
using Deploy.Engines.TensorRt;
using Deploy.Engines.TensorRt.Bundles;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Testing;

namespace Deploy.Tests.Engines.TensorRt.Bundles;

/// <summary>Bundles, run by a real shell against the fake trtexec, and read back.</summary>
public sealed class DeployBundleTests : IDisposable
{
    private readonly TempFolder folder = new();

    private string Bundle => folder.File("a bundle with 'quotes'");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("8.5.3")]
    [InlineData("8.6.1")]
    [InlineData("9.0.1")]
    [InlineData("9.3.0")]
    [InlineData("10.0.1")]
    [InlineData("10.3.0")]
    [InlineData("10.16.1")]
    [InlineData("11.0.0")]
    [InlineData("11.2.1")]
    public void A_bundle_runs_on_every_version_and_is_read_back(string version)
    {
        Assert.Empty(DeployBundle.Write(Bundle, Request(half: true)));

        var (exit, _) = RunOn(version);
        var result = BundleImport.Read(Bundle);

        Assert.Equal(0, exit);
        Assert.Equal((version, "Fake GPU 9000"), (result.Build.Tensorrt, result.Build.Gpu));
        Assert.Equal(["fp16/encoder", "int8/encoder"], result.Build.Engines.Select(engine => engine.Name));
        Assert.All(result.Build.Engines, engine =>
        {
            Assert.True(engine.Bytes > 0);
            Assert.Equal(new FileInfo(engine.Engine).Length, engine.Bytes);
            Assert.Equal(1.5, engine.Build!.EngineSeconds);
            Assert.Equal(0.75, engine.Audit!.Int8TimeShare);
            Assert.Equal([1.8, 1.8], engine.Times.RoundMediansMs);
            Assert.Equal($"--onnx=onnx/{engine.Name.Replace('/', '_')}.onnx", engine.Command[1]);
        });
        Assert.Equal([0.5f, -1.25f], result.Outputs["int8/encoder"]["frame 'one'"]["z"].Values);
        Assert.Equal(["frame 'one'", "frame two"], result.Outputs["fp16/encoder"].Keys);
    }

    [Fact]
    public void The_shell_finds_no_fault_in_the_script()
    {
        DeployBundle.Write(Bundle, Request());

        Assert.Equal((0, ""), Shell("-n", "run.sh"));
    }

    [Fact]
    public void Inputs_and_their_shapes_are_those_of_each_frame()
    {
        var fake = new FakeTrtexec(folder, new { version = "10.3.0" });
        DeployBundle.Write(Bundle, Request());

        Run(fake);

        var frames = fake.Calls.Where(call => call.Any(argument => argument.StartsWith("--loadInputs", StringComparison.Ordinal))).ToList();
        Assert.Equal("--loadEngine=engines/fp16_encoder.engine --shapes=x:2x4 --useCudaGraph --useSpinWait --loadInputs=x:inputs/0/0.raw --iterations=1 --warmUp=0 --duration=0 --exportOutput=results/fp16_encoder.frame.0.json", string.Join(' ', frames[0]));
        Assert.Contains("--shapes=x:3x4", frames[2]);
        var raw = File.ReadAllBytes(Path.Combine(Bundle, "inputs/0/0.raw"));
        Assert.Equal(8 * sizeof(float), raw.Length);
        Assert.Equal(7f, BitConverter.ToSingle(raw, 7 * sizeof(float)));
    }

    [Fact]
    public void Times_are_taken_in_alternating_order()
    {
        var fake = new FakeTrtexec(folder, new { version = "10.3.0" });
        DeployBundle.Write(Bundle, Request());

        Run(fake);

        Assert.Equal(["fp16_encoder", "int8_encoder", "int8_encoder", "fp16_encoder"], fake.Calls.Where(call => call.Any(argument => argument.StartsWith("--exportTimes", StringComparison.Ordinal))).Select(call => Path.GetFileNameWithoutExtension(call[0])));
    }

    [Theory]
    [InlineData("8.4.1", "older")]
    [InlineData("12.0.0", "newer")]
    public void An_unknown_version_is_refused_before_anything_runs(string version, string told)
    {
        DeployBundle.Write(Bundle, Request());

        var (exit, output) = RunOn(version);

        Assert.Equal(3, exit);
        Assert.Contains(told, output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(Bundle, "engines")));
    }

    [Fact]
    public void A_version_that_cannot_build_the_graphs_is_told_when_writing_and_refused_when_running()
    {
        var notes = DeployBundle.Write(Bundle, Request(half: false));

        Assert.Contains("TensorRT 11.x", Assert.Single(notes), StringComparison.Ordinal);
        var (exit, output) = RunOn("11.1.0");
        Assert.Equal(3, exit);
        Assert.Contains("onnx_config.body: fp16", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fail", "[TRT] Scale coefficients must all be positive", "scale_not_positive")]
    [InlineData("error_but_pass", "Engine deserialization failed", "other")]
    [InlineData("crash_after_pass", "", "crashed")]
    [InlineData("die", "", "incomplete")]
    public void A_failure_on_the_target_is_told_with_its_cause_and_place(string kind, string error, string cause)
    {
        DeployBundle.Write(Bundle, Request());

        var (exit, _) = Run(new FakeTrtexec(folder, new { version = "10.3.0", build = new { kind, error } }));
        var refusal = Assert.Throws<QuantException>(() => BundleImport.Read(Bundle));

        Assert.Equal(1, exit);
        Assert.Equal(2, refusal.Diagnostics.Count(item => item.Code == "QNT0502"));
        Assert.Contains(refusal.Diagnostics, item => item.Message.Contains($"({(kind == "die" ? "killed" : cause)},", StringComparison.Ordinal));
        Assert.EndsWith("fp16_encoder.build.log", refusal.Diagnostics[0].Location!.File, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(Bundle, "engines")));
    }

    [Fact]
    public void A_damaged_bundle_does_not_start()
    {
        DeployBundle.Write(Bundle, Request());
        File.AppendAllText(Path.Combine(Bundle, "onnx/int8_encoder.onnx"), "x");

        var (exit, output) = RunOn("10.3.0");

        Assert.Equal(3, exit);
        Assert.Contains("damaged", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Results_that_changed_on_the_way_are_refused()
    {
        DeployBundle.Write(Bundle, Request());
        RunOn("10.3.0");
        File.AppendAllText(Path.Combine(Bundle, "results/int8_encoder.times.1.json"), " ");

        var refusal = Assert.Throws<QuantException>(() => BundleImport.Read(Bundle));

        Assert.Equal("QNT0508", refusal.Code);
        Assert.Contains("int8_encoder.times.1.json", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_was_stopped_is_incomplete()
    {
        DeployBundle.Write(Bundle, Request());
        RunOn("10.3.0");
        File.Delete(Path.Combine(Bundle, "results/SHA256SUMS"));
        File.Delete(Path.Combine(Bundle, "results/int8_encoder.times.2.log"));
        File.Delete(Path.Combine(Bundle, "results/int8_encoder.frame.1.exit"));

        var refusal = Assert.Throws<QuantException>(() => BundleImport.Read(Bundle));

        Assert.Equal(["QNT0508", "QNT0506"], refusal.Diagnostics.Select(item => item.Code));
        Assert.Contains("no exit code", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bundle_that_was_never_run_and_a_folder_that_is_none_are_refused()
    {
        DeployBundle.Write(Bundle, Request());

        Assert.Contains("run ./run.sh", Assert.Throws<QuantException>(() => BundleImport.Read(Bundle)).Message, StringComparison.Ordinal);
        Assert.Equal("QNT0508", Assert.Throws<QuantException>(() => BundleImport.Read(folder.Path)).Code);
        File.WriteAllText(Path.Combine(Bundle, "bundle.json"), "{\"version\":99}");
        Assert.Contains("form 99", Assert.Throws<QuantException>(() => BundleImport.Read(Bundle)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_that_does_not_fit_is_refused_with_every_problem()
    {
        var request = Request() with { Frames = [new("f", new Dictionary<string, HostTensor> { ["x"] = new([1], [1, 1]) }), new("g", new Dictionary<string, HostTensor>()), new("h", new Dictionary<string, HostTensor> { ["x"] = new(new float[36], [9, 4]) })] };

        var refusal = Assert.Throws<QuantException>(() => DeployBundle.Write(Bundle, request));

        Assert.Equal(6, refusal.Diagnostics.Count);
        Assert.All(refusal.Diagnostics, item => Assert.Equal("QNT0507", item.Code));
        Assert.False(Directory.Exists(Bundle));
    }

    [Fact]
    public void A_folder_with_other_files_is_left_alone()
    {
        Directory.CreateDirectory(Bundle);
        File.WriteAllText(Path.Combine(Bundle, "mine"), "");

        Assert.Equal("QNT0507", Assert.Throws<QuantException>(() => DeployBundle.Write(Bundle, Request())).Code);
        Assert.Equal(["mine"], Directory.GetFiles(Bundle).Select(Path.GetFileName));
    }

    [Fact]
    public void Equal_requests_give_equal_bytes()
    {
        DeployBundle.Write(Bundle, Request());
        DeployBundle.Write(folder.File("second"), Request());

        Assert.Equal(File.ReadAllText(Path.Combine(Bundle, "SHA256SUMS")), File.ReadAllText(folder.File("second/SHA256SUMS")));
    }

    private BundleRequest Request(bool half = true) => new()
    {
        Jobs =
        [
            new EngineJob("fp16/encoder", Graphs.Write(folder.File("fp16.onnx"), false, true, "x", 0, 4), "", PrecisionPolicy.Auto, [new ShapeProfile("x", [1, 4], [2, 4], [8, 4])]),
            new EngineJob("int8/encoder", Graphs.Write(folder.File("int8.onnx"), true, half, "x", 0, 4), "", PrecisionPolicy.Int8, [new ShapeProfile("x", [1, 4], [2, 4], [8, 4])]),
        ],
        Frames =
        [
            new BundleFrame("frame 'one'", new Dictionary<string, HostTensor> { ["x"] = new([0, 1, 2, 3, 4, 5, 6, 7], [2, 4]) }),
            new BundleFrame("frame two", new Dictionary<string, HostTensor> { ["x"] = new(new float[12], [3, 4]) }),
        ],
        WorkspaceBytes = 1L << 30,
        OptimizationLevel = 3,
        Rounds = 2,
    };

    private (int Exit, string Output) RunOn(string version) => Run(new FakeTrtexec(folder, new { version }));

    private (int Exit, string Output) Run(FakeTrtexec fake) => Shell("run.sh", environment: ("TRTEXEC", fake.Program));

    private (int Exit, string Output) Shell(string argument, string? script = null, (string Name, string Value)? environment = null)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no POSIX shell");
        var start = new ProcessStartInfo("/bin/sh", script is null ? [argument] : [argument, script]) { WorkingDirectory = Bundle, RedirectStandardOutput = true, RedirectStandardError = true };
        if (environment is var (name, value))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        process.WaitForExit();
        return (process.ExitCode, script is null ? output.GetAwaiter().GetResult() + errors.GetAwaiter().GetResult() : errors.GetAwaiter().GetResult());
    }
}
