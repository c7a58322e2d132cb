using Deploy.Engines.TensorRt;
using Quant.Core.Diagnostics;
using Testing;

namespace Deploy.Tests.Engines;

/// <summary>With a script in trtexec's place: it prints what it is told and ends as it is told.</summary>
public sealed class TrtexecRunnerTests : IDisposable
{
    private const string Banner = "echo '&&&& RUNNING TensorRT.trtexec [TensorRT v100300] # trtexec'";
    private static readonly TensorRtVersion Version = new(10, 3, 0);
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_successful_build_leaves_the_engine_and_nothing_else()
    {
        var trtexec = Script(Banner, "for a in \"$@\"; do case $a in --saveEngine=*) echo engine > \"${a#--saveEngine=}\";; esac; done", "echo '&&&& PASSED TensorRT.trtexec'");

        var (arguments, reading) = Build(trtexec, "a folder with 'quotes' & spaces/model.engine");

        Assert.Equal("pass", reading.Verdict);
        Assert.Contains("--int8", arguments);
        Assert.Equal("engine\n", File.ReadAllText(folder.File("a folder with 'quotes' & spaces/model.engine")));
        Assert.Single(Directory.GetFiles(folder.File("a folder with 'quotes' & spaces")));
    }

    [Theory]
    [InlineData("echo '[E] [TRT] Scale coefficients must all be positive'; echo '&&&& FAILED TensorRT.trtexec'; exit 1", "scale_not_positive")]
    [InlineData("echo '[E] Engine deserialization failed'; echo '&&&& PASSED TensorRT.trtexec'", "exit code 0")]
    [InlineData("echo '&&&& PASSED TensorRT.trtexec'; kill -SEGV $$", "exit code 139")]
    [InlineData("echo '&&&& PASSED TensorRT.trtexec'", "no engine was written")]
    [InlineData("exit 0", "incomplete")]
    public void A_run_that_did_not_really_succeed_is_refused_and_leaves_no_file(string behaviour, string told)
    {
        var error = Assert.Throws<QuantException>(() => Build(Script(Banner, behaviour), "model.engine"));

        Assert.Equal("QNT0502", error.Code);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.Equal(["trtexec"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_hanging_build_is_stopped_with_its_children()
    {
        var trtexec = Script(Banner, $"sleep 300 & echo $! > {folder.File("child")}; wait");

        var error = Assert.Throws<QuantException>(() => TrtexecRunner.Build(trtexec, Request("model.engine"), Version, TimeSpan.FromSeconds(2), null, TestContext.Current.CancellationToken));

        Assert.Contains("stopped", error.Message, StringComparison.Ordinal);
        Assert.False(IsRunning(File.ReadAllText(folder.File("child")).Trim()));
    }

    [Fact]
    public void The_version_comes_from_a_run_that_fails() =>
        Assert.Equal(Version, TrtexecRunner.Version(Script(Banner, "echo '[E] Model missing or format not recognized'", "exit 1"), TestContext.Current.CancellationToken));

    [Fact]
    public void A_program_that_is_not_trtexec_is_refused() =>
        Assert.Equal("QNT0911", Assert.Throws<QuantException>(() => TrtexecRunner.Version(Script("echo hello"), TestContext.Current.CancellationToken)).Code);

    [Theory]
    [InlineData(8, 5, "int8", "--int8 --fp16 --memPoolSize=workspace:1024 --useCudaGraph")]
    [InlineData(8, 2, "int8", "--int8 --fp16 --workspace=1024 --useCudaGraph")]
    [InlineData(10, 3, "strongly_typed", "--stronglyTyped --memPoolSize=workspace:1024 --useCudaGraph")]
    [InlineData(11, 2, "strongly_typed", "--memPoolSize=workspace:1024")]
    [InlineData(10, 3, "fp32_tf32", "--memPoolSize=workspace:1024 --useCudaGraph")]
    public void Flags_follow_the_version(int major, int minor, string policy, string expected)
    {
        var arguments = TrtexecCommand.Build(Request("m.engine") with { Precision = policy }, new TensorRtVersion(major, minor, 0));

        string[] shown = ["--int8", "--fp16", "--stronglyTyped", "--memPoolSize", "--workspace", "--useCudaGraph"];
        Assert.Equal(expected, string.Join(' ', arguments.Where(argument => shown.Any(name => argument.StartsWith(name, StringComparison.Ordinal)))));
    }

    [Theory]
    [InlineData(11, "int8")]
    [InlineData(8, "strongly_typed")]
    public void A_policy_the_version_lacks_is_refused_with_the_alternative(int major, string policy)
    {
        var error = Assert.Throws<QuantException>(() => TrtexecCommand.Build(Request("m.engine") with { Precision = policy }, new TensorRtVersion(major, 0, 0)));

        Assert.Equal("QNT0501", error.Code);
        Assert.Contains("precision_policy", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A killed process that nobody waited for stays listed as a zombie.</summary>
    private static bool IsRunning(string process)
    {
        var status = $"/proc/{process}/stat";
        return File.Exists(status) && !File.ReadAllText(status).Contains(") Z ", StringComparison.Ordinal);
    }

    private EngineRequest Request(string engine) => new("model.onnx", folder.File(engine), "int8", new ShapeProfile("x", [1, 2], [1, 2], [1, 2]), 1L << 30);

    private (IReadOnlyList<string> Arguments, TrtexecReading Reading) Build(string trtexec, string engine) =>
        TrtexecRunner.Build(trtexec, Request(engine), Version, TimeSpan.FromSeconds(60), null, TestContext.Current.CancellationToken);

    private string Script(params string[] lines)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "the stand-in is a shell script");
        var path = folder.File("trtexec");
        File.WriteAllText(path, $"#!/bin/sh\n{string.Join('\n', lines)}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
