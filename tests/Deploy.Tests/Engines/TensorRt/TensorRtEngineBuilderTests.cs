using Deploy.Engines.TensorRt;
using Quant.Core.Diagnostics;
using Testing;

namespace Deploy.Tests.Engines.TensorRt;

/// <summary>The whole way with a fake trtexec that checks its options as the version would.</summary>
public sealed class TensorRtEngineBuilderTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("8.5.3", false)]
    [InlineData("8.6.1", false)]
    [InlineData("9.3.0", true)]
    [InlineData("10.0.1", true)]
    [InlineData("10.3.0", false)]
    [InlineData("10.16.1", true)]
    [InlineData("11.0.0", true)]
    [InlineData("11.2.1", true)]
    public void Both_engines_are_built_audited_and_timed_in_turn_on_every_version(string version, bool half)
    {
        var fake = new FakeTrtexec(folder, new { version });

        var result = TensorRtEngineBuilder.Build(Request(fake, half) with { TimingCache = folder.File("timing.cache"), OptimizationLevel = 4, Rounds = 2 }, Cancel);

        Assert.Equal(version, result.Tensorrt);
        Assert.Equal("Fake GPU 9000", result.Gpu);
        Assert.Equal(["fp16", "int8"], result.Engines.Select(engine => engine.Name));
        Assert.All(result.Engines, engine =>
        {
            Assert.True(engine.Bytes > 0);
            Assert.Equal(1.5, engine.Build!.EngineSeconds);
            Assert.Equal((1, 2, 0.75), (engine.Audit!.Int8Layers, engine.Audit.ComputeLayers, engine.Audit.Int8TimeShare));
            Assert.Equal([1.8, 1.8], engine.Times.RoundMediansMs);
            Assert.Equal(6, engine.Times.Queries.ComputeMs.Count);
        });
        Assert.Equal("timing\ntiming\n", File.ReadAllText(folder.File("timing.cache")));
        Assert.Equal(["fp16", "int8", "int8", "fp16"], fake.Calls.Where(call => call.Any(argument => argument.StartsWith("--exportTimes", StringComparison.Ordinal))).Select(call => Path.GetFileNameWithoutExtension(call[0])));
        AssertNoLeftovers();
    }

    [Theory]
    [InlineData("fail", "[TRT] Scale coefficients must all be positive", "scale_not_positive")]
    [InlineData("error_but_pass", "Engine deserialization failed", "other")]
    [InlineData("no_engine", "", "no_file")]
    [InlineData("empty_engine", "", "no_file")]
    [InlineData("crash_after_pass", "", "crashed")]
    [InlineData("die", "", "killed")]
    [InlineData("silent", "", "incomplete")]
    public void A_build_that_did_not_really_succeed_is_refused_and_leaves_no_engine(string kind, string error, string cause)
    {
        var fake = new FakeTrtexec(folder, new { build = new { kind, error } });

        var refusal = Assert.Throws<QuantException>(() => TensorRtEngineBuilder.Build(Request(fake), Cancel));

        Assert.Equal("QNT0502", refusal.Code);
        Assert.Contains($"({cause},", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(folder.File("out/fp16.engine.build.log"), refusal.Diagnostics[0].Location!.File);
        Assert.Equal(["fp16.engine.build.log"], Directory.GetFiles(folder.File("out")).Select(Path.GetFileName));
    }

    [Fact]
    public void The_error_line_of_the_log_is_the_place_of_the_diagnostic()
    {
        var fake = new FakeTrtexec(folder, new { build = new { kind = "fail", error = "[TRT] Scale coefficients must all be positive" } });

        var place = Assert.Throws<QuantException>(() => TensorRtEngineBuilder.Build(Request(fake), Cancel)).Diagnostics[0].Location!;

        Assert.Contains("Scale coefficients", File.ReadAllLines(place.File)[place.Line - 1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("error_but_pass")]
    [InlineData("fail")]
    public void An_engine_that_cannot_be_loaded_takes_no_name(string kind)
    {
        var fake = new FakeTrtexec(folder, new { run = new { kind } });

        var refusal = Assert.Throws<QuantException>(() => TensorRtEngineBuilder.Build(Request(fake), Cancel));

        Assert.Equal("QNT0506", refusal.Code);
        Assert.DoesNotContain(Directory.GetFiles(folder.File("out")), file => file.EndsWith(".engine", StringComparison.Ordinal));
        AssertNoLeftovers();
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("flood")]
    public void A_build_past_its_time_leaves_no_partial_file(string kind)
    {
        var fake = new FakeTrtexec(folder, new { build = new { kind } });

        var refusal = Assert.Throws<QuantException>(() => TensorRtEngineBuilder.Build(Request(fake) with { Timeout = TimeSpan.FromSeconds(3), TimingCache = folder.File("timing.cache") }, Cancel));

        Assert.Contains("(timed_out,", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["fp16.engine.build.log"], Directory.GetFiles(folder.File("out")).Select(Path.GetFileName));
        Assert.False(File.Exists(folder.File("timing.cache")));
    }

    [Fact]
    public void A_cancelled_build_leaves_the_old_timing_cache_and_no_engine()
    {
        var fake = new FakeTrtexec(folder, new { build = new { kind = "hang" } });
        File.WriteAllText(folder.File("timing.cache"), "old");
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var request = Request(fake) with { TimingCache = folder.File("timing.cache"), Line = line => { if (line.Contains("Start parsing", StringComparison.Ordinal)) { source.CancelAfter(100); } } };

        Assert.ThrowsAny<OperationCanceledException>(() => TensorRtEngineBuilder.Build(request, source.Token));

        Assert.Equal("old", File.ReadAllText(folder.File("timing.cache")));
        Assert.Empty(Directory.GetFiles(folder.File("out")));
    }

    [Fact]
    public void A_fresh_engine_is_used_again_and_anything_else_is_built()
    {
        var fake = new FakeTrtexec(folder, new { version = "10.3.0" });
        var request = Request(fake) with { Gpu = new GpuIdentity("GPU A", "550.1"), Rounds = 0 };
        string[] Reasons(EngineBuildRequest next) => [.. TensorRtEngineBuilder.Build(next, Cancel).Engines.Select(engine => $"{engine.Cache.Fresh} {engine.Cache.Reason}")];

        Assert.All(Reasons(request), reason => Assert.Equal("False there was no engine", reason));
        Assert.All(Reasons(request), reason => Assert.StartsWith("True ", reason, StringComparison.Ordinal));
        Assert.All(Reasons(request with { Force = true }), reason => Assert.StartsWith("False ", reason, StringComparison.Ordinal));
        Assert.All(Reasons(request with { Gpu = new GpuIdentity("GPU B", "550.1") }), reason => Assert.Contains("GPU changed from GPU A to GPU B", reason, StringComparison.Ordinal));
        Assert.All(Reasons(request with { Gpu = new GpuIdentity("GPU B", "551") }), reason => Assert.Contains("driver changed", reason, StringComparison.Ordinal));
        request = request with { Gpu = new GpuIdentity("GPU B", "551") };
        Assert.All(Reasons(request with { WorkspaceBytes = 1 << 20 }), reason => Assert.Contains("flags changed", reason, StringComparison.Ordinal));
        request = request with { WorkspaceBytes = 1 << 20 };
        fake.Order(new { version = "10.4.0" });
        Assert.All(Reasons(request), reason => Assert.Contains("TensorRT changed from 10.3.0 to 10.4.0", reason, StringComparison.Ordinal));
        Graphs.Write(folder.File("int8.onnx"), quantized: true, half: true, "x", 1, 4);
        Assert.Equal(["True", "False"], Reasons(request).Select(reason => reason.Split(' ')[0]));
        File.AppendAllText(folder.File("out/int8.engine"), "tampered");
        Assert.Contains("not the one that was built", Reasons(request)[1], StringComparison.Ordinal);
        File.WriteAllText(EngineCache.FileOf(folder.File("out/fp16.engine")), "{");
        Assert.Contains("nothing tells", Reasons(request)[0], StringComparison.Ordinal);
        Assert.All(Reasons(request with { Gpu = null }), reason => Assert.StartsWith("False the GPU is unknown", reason, StringComparison.Ordinal));
    }

    [Fact]
    public void A_refused_precision_starts_nothing()
    {
        var fake = new FakeTrtexec(folder, new { version = "11.0.0" });

        Assert.Equal("QNT0501", Assert.Throws<QuantException>(() => TensorRtEngineBuilder.Build(Request(fake), Cancel)).Code);
        Assert.Empty(fake.Calls);
    }

    [Fact]
    public void Paths_with_spaces_quotes_and_commas_work()
    {
        var fake = new FakeTrtexec(folder, new { version = "10.3.0" });
        var odd = folder.File("an 'odd', \"path\" = $HOME; é");
        Directory.CreateDirectory(odd);
        var onnx = Graphs.Write(Path.Combine(odd, "m.onnx"), quantized: true, shape: [1, 2]);

        var result = TensorRtEngineBuilder.Build(Request(fake) with { Jobs = [new EngineJob("m", onnx, Path.Combine(odd, "m.engine"), PrecisionPolicy.Int8, [])], Rounds = 1 }, Cancel);

        Assert.True(File.Exists(result.Engines[0].Engine));
        AssertNoLeftovers();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private EngineBuildRequest Request(FakeTrtexec fake, bool half = false) => new()
    {
        Trtexec = fake.Program,
        Rounds = 1,
        Timeout = TimeSpan.FromMinutes(1),
        WorkspaceBytes = 1L << 30,
        Jobs =
        [
            new EngineJob("fp16", Graphs.Write(folder.File("fp16.onnx"), quantized: false, half, "x", 0, 4), folder.File("out/fp16.engine"), PrecisionPolicy.Fp16, [new ShapeProfile("x", [1, 4], [2, 4], [8, 4])]),
            new EngineJob("int8", Graphs.Write(folder.File("int8.onnx"), quantized: true, half, "x", 1, 4), folder.File("out/int8.engine"), PrecisionPolicy.Int8, [ShapeProfile.Fixed("x", 1, 4)]),
        ],
    };

    private void AssertNoLeftovers() => Assert.Empty(Directory.GetFiles(folder.Path, ".tmp-*", SearchOption.AllDirectories));
}
