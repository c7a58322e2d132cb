using Deploy.Engines.TensorRt;
using Quant.Core.Diagnostics;

namespace Deploy.Tests.Engines.TensorRt;

public sealed class TrtexecCommandTests
{
    private static readonly OnnxFacts Head = Graphs.Facts(quantized: true, half: true, new OnnxInput("spatial_features", [null, 32, null, null]));

    private static readonly TrtexecRequest Build = new()
    {
        Onnx = "head.onnx",
        Graph = Head,
        SaveEngine = "head.engine",
        Precision = PrecisionPolicy.Int8,
        Profiles = [ShapeProfile.Head(32, 512, 512)],
        WorkspaceBytes = 4L << 30,
        TimingCache = "timing.cache",
        OptimizationLevel = 5,
        SkipInference = true,
    };

    private static readonly TrtexecRequest Run = new()
    {
        LoadEngine = "head.engine",
        Profiles = [ShapeProfile.Head(32, 512, 512)],
        Iterations = 100,
        WarmUpMs = 200,
        DurationSeconds = 1,
        ExportTimes = "times.json",
        ExportProfile = "profile.json",
        ExportLayerInfo = "layers.json",
    };

    [Theory]
    [InlineData(8, 5, "--onnx=head.onnx --saveEngine=head.engine --int8 --fp16 --memPoolSize=workspace:4096 --minShapes=spatial_features:1x32x512x512 --optShapes=spatial_features:1x32x512x512 --maxShapes=spatial_features:1x32x512x512 --timingCacheFile=timing.cache --profilingVerbosity=detailed --buildOnly")]
    [InlineData(8, 6, "--onnx=head.onnx --saveEngine=head.engine --int8 --fp16 --memPoolSize=workspace:4096 --minShapes=spatial_features:1x32x512x512 --optShapes=spatial_features:1x32x512x512 --maxShapes=spatial_features:1x32x512x512 --timingCacheFile=timing.cache --builderOptimizationLevel=5 --profilingVerbosity=detailed --skipInference")]
    [InlineData(10, 16, "--onnx=head.onnx --saveEngine=head.engine --int8 --fp16 --memPoolSize=workspace:4096 --minShapes=spatial_features:1x32x512x512 --optShapes=spatial_features:1x32x512x512 --maxShapes=spatial_features:1x32x512x512 --timingCacheFile=timing.cache --builderOptimizationLevel=5 --profilingVerbosity=detailed --skipInference")]
    [InlineData(11, 1, "--onnx=head.onnx --saveEngine=head.engine --memPoolSize=workspace:4096 --minShapes=spatial_features:1x32x512x512 --optShapes=spatial_features:1x32x512x512 --maxShapes=spatial_features:1x32x512x512 --timingCacheFile=timing.cache --builderOptimizationLevel=5 --profilingVerbosity=detailed --skipInference")]
    public void A_build_has_the_arguments_of_its_version(int major, int minor, string expected) => Assert.Equal(expected, Text(Build, major, minor));

    [Theory]
    [InlineData(8, 5, "--loadEngine=head.engine --shapes=spatial_features:1x32x512x512 --useCudaGraph --useSpinWait --noDataTransfers --iterations=100 --warmUp=200 --duration=1 --exportTimes=times.json --exportProfile=profile.json --separateProfileRun --exportLayerInfo=layers.json")]
    [InlineData(10, 0, "--loadEngine=head.engine --shapes=spatial_features:1x32x512x512 --useCudaGraph --useSpinWait --noDataTransfers --iterations=100 --warmUp=200 --duration=1 --exportTimes=times.json --exportProfile=profile.json --separateProfileRun --exportLayerInfo=layers.json")]
    [InlineData(11, 0, "--loadEngine=head.engine --shapes=spatial_features:1x32x512x512 --iterations=100 --warmUp=200 --duration=1 --exportTimes=times.json --exportProfile=profile.json --exportLayerInfo=layers.json")]
    public void A_run_measures_the_same_thing_on_every_version(int major, int minor, string expected) => Assert.Equal(expected, Text(Run, major, minor));

    [Theory]
    [InlineData(10, 3, "--loadEngine=e --useCudaGraph --useSpinWait --loadInputs=a:a.raw,b:in/b.raw --iterations=1 --warmUp=0 --duration=0 --exportOutput=o.json")]
    [InlineData(11, 0, "--loadEngine=e --includeDataTransfers --loadInputs=a:a.raw,b:in/b.raw --iterations=1 --warmUp=0 --duration=0 --exportOutput=o.json")]
    public void A_verification_run_copies_inputs_and_outputs(int major, int minor, string expected) => Assert.Equal(
        expected,
        Text(new TrtexecRequest { LoadEngine = "e", Transfers = true, LoadInputs = [new("a", "a.raw"), new("b", "in/b.raw")], Iterations = 1, WarmUpMs = 0, DurationSeconds = 0, ExportOutput = "o.json" }, major, minor));

    [Fact]
    public void Encoder_profiles_are_those_of_Autoware_and_AWML()
    {
        var facts = Graphs.Facts(inputs: new OnnxInput("input_features", [null, null, 11]));
        string Shapes(ShapeProfile profile) => string.Join(' ', TrtexecCommand.Create(Build with { Graph = facts, Precision = PrecisionPolicy.Fp16, Profiles = [profile] }, Capabilities(10, 3)).Arguments.Where(argument => argument.Contains("Shapes", StringComparison.Ordinal)));

        Assert.Equal("--minShapes=input_features:40000x32x11 --optShapes=input_features:40000x32x11 --maxShapes=input_features:40000x32x11", Shapes(ShapeProfile.AutowareEncoder(40000, 32, 11)));
        Assert.Equal("--minShapes=input_features:1000x32x11 --optShapes=input_features:20000x32x11 --maxShapes=input_features:96000x32x11", Shapes(ShapeProfile.AwmlEncoder(96000, 32, 11)));
        Assert.Equal("--minShapes=input_features:500x32x11 --optShapes=input_features:500x32x11 --maxShapes=input_features:500x32x11", Shapes(ShapeProfile.AwmlEncoder(500, 32, 11)));
    }

    [Fact]
    public void A_graph_with_fixed_sizes_gets_no_shapes_because_trtexec_refuses_them()
    {
        var command = TrtexecCommand.Create(Build with { Graph = Graphs.Facts(quantized: true, inputs: new OnnxInput("spatial_features", [1, 32, 512, 512])) }, Capabilities(10, 3));

        Assert.DoesNotContain(command.Arguments, argument => argument.Contains("Shapes", StringComparison.Ordinal));
    }

    [Fact]
    public void A_profile_that_contradicts_the_graph_is_refused_with_every_problem()
    {
        var facts = Graphs.Facts(inputs: [new OnnxInput("a", [1, 32]), new OnnxInput("b", [null, 4]), new OnnxInput("c", [null])]);
        ShapeProfile[] profiles = [ShapeProfile.Fixed("a", 2, 32), new("b", [5, 4], [4, 4], [9, 4]), ShapeProfile.Fixed("nowhere", 1)];

        var error = Assert.Throws<QuantException>(() => TrtexecCommand.Create(Build with { Graph = facts, Precision = PrecisionPolicy.Fp16, Profiles = profiles }, Capabilities(10, 3)));

        Assert.Equal(["QNT0504", "QNT0504", "QNT0504", "QNT0504"], error.Diagnostics.Select(item => item.Code));
        Assert.Contains("fixes it at 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("min 5, opt 4, max 9", error.Message, StringComparison.Ordinal);
        Assert.Contains("'nowhere'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'c' has open sizes but no profile", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("with spaces and $dollars; 'quotes' \"too\" & é.onnx")]
    [InlineData("a=b,c:d.onnx")]
    public void Any_path_is_one_argument(string path) =>
        Assert.Contains($"--onnx={path}", TrtexecCommand.Create(Build with { Onnx = path }, Capabilities(10, 3)).Arguments);

    [Theory]
    [InlineData("x", "a,b.raw")]
    [InlineData("x", "a'b.raw")]
    [InlineData("x,y", "a.raw")]
    public void An_input_that_trtexec_would_split_is_refused(string tensor, string file) =>
        Assert.Equal("QNT0504", Assert.Throws<QuantException>(() => TrtexecCommand.Create(new TrtexecRequest { LoadEngine = "e", LoadInputs = [new(tensor, file)] }, Capabilities(10, 3))).Code);

    [Fact]
    public void A_colon_in_an_input_path_is_kept_from_the_name() =>
        Assert.Contains("--loadInputs='x':C:\\in\\x.raw", TrtexecCommand.Create(new TrtexecRequest { LoadEngine = "e", LoadInputs = [new("x", "C:\\in\\x.raw")] }, Capabilities(10, 3)).Arguments);

    [Fact]
    public void What_the_version_may_not_take_is_noted()
    {
        var facts = Head with { Opset = 23, IrVersion = 11, HasInt8Constants = true, DeconvolutionAxis = 1 };

        var notes = string.Join('\n', TrtexecCommand.Create(Build with { Graph = facts, OptimizationLevel = 3 }, Capabilities(8, 5)).Notes);

        Assert.Contains("opset 23", notes, StringComparison.Ordinal);
        Assert.Contains("IR version 11", notes, StringComparison.Ordinal);
        Assert.Contains("INT8 weights", notes, StringComparison.Ordinal);
        Assert.Contains("axis 1", notes, StringComparison.Ordinal);
        Assert.Contains("optimization level", notes, StringComparison.Ordinal);
    }

    [Fact]
    public void A_workspace_below_a_MiB_keeps_its_fraction() =>
        Assert.Contains("--memPoolSize=workspace:0.25", TrtexecCommand.Create(Build with { WorkspaceBytes = 1 << 18 }, Capabilities(8, 5)).Arguments);

    private static string Text(TrtexecRequest request, int major, int minor) => string.Join(' ', TrtexecCommand.Create(request, Capabilities(major, minor)).Arguments);

    private static TrtexecCapabilities Capabilities(int major, int minor) => TrtexecCapabilities.For(new TensorRtVersion(major, minor, 0));
}
