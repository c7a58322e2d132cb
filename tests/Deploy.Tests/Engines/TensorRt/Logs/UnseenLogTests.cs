using System.Diagnostics;
using System.Text.Json;
using CsCheck;
using Deploy.Engines.TensorRt;
using Deploy.Engines.TensorRt.Logs;

namespace Deploy.Tests.Engines.TensorRt.Logs;

/// <summary>Texts that no trtexec we know has printed.</summary>
public sealed class UnseenLogTests
{
    private const string Start = "&&&& RUNNING TensorRT.trtexec [TensorRT v100300] # trtexec --onnx=m.onnx\n";
    private const string Pass = "&&&& PASSED TensorRT.trtexec [TensorRT v100300] # trtexec --onnx=m.onnx\n";

    private static readonly string[] Pieces =
    [
        "&&&& PASSED", "&&&& FAILED ", "[E] ", "[I] ", "[01/02/2026-10:00:00]", "\n", "\r", "\0", "\u001b[", "min = ", "ms, ", "percentile(", "Latency: ",
        "[TensorRT v", "999999", "]", "Engine built in ", "1e999", "name: \"", "median: 5 ms", "GPU Compute\n", "💥",
    ];

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData("\0\u001b[31mnoise\r\n")]
    [InlineData("Throughput: 100 qps\nLatency: min = 1 ms, max = 2 ms, mean = 1.5 ms, median = 1.5 ms, percentile(99%) = 2 ms\n")]
    [InlineData(Start + "[I] Start parsing network model")]
    [InlineData(Start + Pass + Start + "[I] second run, cut off")]
    public void A_text_without_an_end_is_incomplete(string log)
    {
        var reading = TrtexecLogReader.Read(log);

        Assert.Equal(("fail", "incomplete"), (reading.Verdict, reading.Cause!.Class));
    }

    [Theory]
    [InlineData(Start + "[E] anything\n" + Pass, "other", 2)]
    [InlineData(Start + "[F] [TRT] Assertion failed\n" + Pass, "other", 2)]
    [InlineData(Start + "&&&& FAILED TensorRT.trtexec\n", "other", 2)]
    [InlineData(Start + "&&&& WAIVED TensorRT.trtexec\n", "other", 2)]
    [InlineData(Start + "&&&& FAILED TensorRT.trtexec\n" + Start + Pass, "other", 2)]
    [InlineData(Start + Pass + "Segmentation fault (core dumped)\n", "crashed", 3)]
    [InlineData("trtexec: error while loading shared libraries: libnvinfer.so.10: cannot open shared object file\n", "missing_library", 1)]
    [InlineData(Start + "[01/02/2026-10:00:00] [I] Build[01/02/2026-10:00:00] [E] Saving engine to file failed.\nPASSED", "cannot_write", 2)]
    [InlineData(Start + "[E] [TRT] In function QuantDequantLinearHelper:\n[I] Finished parsing network model. Parse time: 0.2\n[6] Assertion failed: scaleAllPositive && \"Scale coefficients must all be positive\"\n", "scale_not_positive", 4)]
    [InlineData(Start + "[W] [TRT] Skipping tactic 0 due to insufficient memory on requested size\n[E] strange words\n&&&& FAILED TensorRT.trtexec\n", "other", 3)]
    [InlineData(Start + "[E] Engine set up failed\n[E] the real thing\n&&&& FAILED TensorRT.trtexec\n", "other", 3)]
    public void A_failure_is_seen_whatever_the_last_line_says(string log, string cause, int line)
    {
        var reading = TrtexecLogReader.Read(log);

        Assert.Equal(("fail", cause, line), (reading.Verdict, reading.Cause!.Class, reading.Cause.Line));
    }

    [Theory]
    [InlineData("[E] Static model does not take explicit shapes since the shape of inference tensors will be determined by the model itself", "static_model")]
    [InlineData("[E] Unexpected file size for input file: a.raw. Note: Input binding size is: 8 bytes but the file size is 4 bytes", "input_size")]
    [InlineData("[E] [TRT] No importer registered for op: DeformConv", "unsupported_operator")]
    [InlineData("[E] Error opening engine file: /a/b.engine", "engine_missing")]
    [InlineData("[E] Error[1]: [defaultAllocator.cpp::allocate::19] Error Code 1: Cuda Runtime (out of memory)", "out_of_memory")]
    [InlineData("[E] Uncaught exception detected: Cuda failure at device.h:99: no CUDA-capable device is detected", "no_gpu")]
    [InlineData("[E] --best and --stronglyTyped cannot be both set. --best enables implicit precisions", "invalid_option")]
    [InlineData("[E] Cannot find input tensor with name \"x\" in the engine bindings!", "unknown_tensor")]
    [InlineData("[E] [TRT] IRuntime::deserializeCudaEngine: Error Code 6: API Usage Error (The engine plan file is generated on a different GPU)", "other_gpu")]
    public void Known_messages_have_a_class(string line, string cause) =>
        Assert.Equal(cause, TrtexecLogReader.Read($"{Start}{line}\n[E] Engine set up failed\n&&&& FAILED TensorRT.trtexec\n").Cause!.Class);

    [Fact]
    public void A_decimal_comma_and_scientific_numbers_are_read()
    {
        var reading = TrtexecLogReader.Read($"{Start}[I] Throughput: 1e+04 qps\n[I] GPU Compute Time: min = 1e-05 ms, max = 0,5 ms, mean = 0,25 ms, median = 2 ms, percentile(99%) = inf ms\n{Pass}");

        Assert.Equal(10000, reading.ThroughputQps);
        Assert.Equal((1e-5, 0.5, 0.25, 2.0), (reading.GpuComputeMs!.Min, reading.GpuComputeMs.Max, reading.GpuComputeMs.Mean, reading.GpuComputeMs.Median));
        Assert.Empty(reading.GpuComputeMs.Percentiles);
    }

    [Fact]
    public void Huge_lines_and_many_of_them_are_read_in_bounded_time()
    {
        var clock = Stopwatch.StartNew();
        var log = $"{Start}{new string('[', 2_000_000)}\n{string.Concat(Enumerable.Repeat("[I] Average on 10 runs - GPU latency: 1.1 ms [E ] and so on\n", 100_000))}{new string('a', 1_000_000)} [E] x\n{Pass}";

        Assert.Equal("pass", TrtexecLogReader.Read(log).Verdict);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{clock.Elapsed}");
    }

    [Fact]
    public void No_text_makes_the_reader_throw()
    {
        var pieces = Gen.Int[0, Pieces.Length - 1].Select(index => Pieces[index]);
        Gen.OneOf(pieces, Gen.String).Array[0, 60].Sample(parts =>
        {
            var reading = TrtexecLogReader.Read(string.Concat(parts));
            Assert.Equal(reading.Passed, reading.Cause is null);
            JsonSerializer.Serialize(reading, TensorRtJson.Options);
        });
    }

    [Fact]
    public void The_JSON_has_the_agreed_names()
    {
        var reading = TrtexecLogReader.Read($"{Start}[I] Engine built in 8.5 sec.\n[I] Latency: min = 1 ms, max = 3 ms, mean = 2 ms, median = 2 ms\n[I] Throughput: 500 qps\n[E] [TRT] Scale coefficients must all be positive\n");
        var json = JsonSerializer.SerializeToElement(reading, TensorRtJson.Options);

        Assert.Equal("fail", json.GetProperty("verdict").GetString());
        Assert.Equal("10.3.0", json.GetProperty("tensorrt").GetString());
        Assert.Equal(8.5, json.GetProperty("engine_seconds").GetDouble());
        Assert.Equal(2, json.GetProperty("latency_ms").GetProperty("median").GetDouble());
        Assert.Equal(500, json.GetProperty("throughput_qps").GetDouble());
        Assert.Equal("scale_not_positive", json.GetProperty("cause").GetProperty("class").GetString());
        Assert.Equal(5, json.GetProperty("cause").GetProperty("line").GetInt32());
        Assert.NotEmpty(json.GetProperty("cause").GetProperty("advice").GetString()!);
    }
}
