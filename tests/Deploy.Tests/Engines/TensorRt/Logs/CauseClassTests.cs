using Deploy.Engines.TensorRt.Logs;

namespace Deploy.Tests.Engines.TensorRt.Logs;

/// <summary>Which class of failure a log shows.</summary>
public sealed class CauseClassTests
{
    /// <summary>Messages of trtexec, TensorRT, its ONNX parser and CUDA; the classes stand in the order of their rank.</summary>
    public static TheoryData<string, string> Messages => new()
    {
        { "removed_option", "Unknown option: --workspace 2048" },
        { "invalid_option", "--best and --stronglyTyped cannot be both set. --best enables implicit precisions" },
        { "invalid_option", "workspace:4x conversion failure: failed to parse --memPoolSize. Please double check your input string." },
        { "invalid_option", "Unknown memory pool: wrkspace" },
        { "invalid_option", "Negative memory pool size: -1.000000" },
        { "invalid_option", "Must specify only --optShapes or all of --minShapes, --optShapes, --maxShapes" },
        { "invalid_option", "Invalid value for --profilingVerbosity: all" },
        { "scale_not_positive", "[TRT] ModelImporter.cpp:777: [6] Assertion failed: scaleAllPositive && \"Scale coefficients must all be positive\"" },
        { "asymmetric", "[TRT] [6] Assertion failed: shiftIsAllZeros(zeroPoint) && \"TRT only supports symmetric quantization - zeroPt must be all zeros\"" },
        { "asymmetric", "[TRT] ERROR: onnxOpImporters.cpp:1460 In function QuantDequantLinearHelper: Non-zero zero point is not supported." },
        { "int8_flag_missing", "Error[4]: [network.cpp::validate::2789] Error Code 4: Internal Error (Int8 precision has been set for a layer or layer output, but int8 is not configured in the builder)" },
        { "fp16_flag_missing", "Error[4]: [network.cpp::validate::2770] Error Code 4: Internal Error (fp16 precision has been set for a layer or layer output, but fp16 is not configured in the builder)" },
        { "int8_constant", "Error[3]: onnx::QuantizeLinear_429: invalid weights type of Int8" },
        { "int8_constant", "[TRT] Found unsupported weights of type Int8 in Constant_3: they are not supported here" },
        { "unsupported_operator", "[TRT] No importer registered for op: DeformConv" },
        { "unsupported_operator", "[TRT] In node 12 with name: /nms and operator: NonZeroX (checkFallbackPluginImporter): UNSUPPORTED_NODE: Assertion failed: creator" },
        { "unsupported_operator", "[TRT] getPluginCreator could not find plugin: ScatterNDPlugin version: 1" },
        { "unsupported_operator", "[TRT] Error Code 9: API Usage Error (Plugin not found, are the plugin name, version, and namespace correct?)" },
        { "external_data", "[TRT] Failed to open file: /models/model.onnx.data" },
        { "external_data", "[TRT] Unable to open weights file of the model" },
        { "type_mismatch", "[TRT] ITensor::getDimensions: Error Code 4: API Usage Error (/Sub: ElementWiseOperation SUB must have same input types. But they are of types Half and Float.)" },
        { "static_model", "Static model does not take explicit shapes since the shape of inference tensors will be determined by the model itself" },
        { "unknown_tensor", "Cannot find input tensor with name \"points\" in the network inputs! Please make sure the input tensor names are correct." },
        { "unknown_tensor", "Invalid tensor names found in --loadInputs flag." },
        { "plan_version", "[TRT] Error Code 1: Serialization (Serialization assertion plan->header.magicTag == rt::kPLAN_MAGIC_TAG failed.)" },
        { "plan_version", "Error[1]: [stdArchiveReader.cpp::StdArchiveReader::42] Error Code 1: Serialization (Version tag does not match. Note: Current Version: 205, Serialized Engine Version: 213)" },
        { "plan_version", "[TRT] IRuntime::deserializeCudaEngine: Error Code 1: Serialization (Assertion stdVersionRead == kSERIALIZATION_VERSION failed.)" },
        { "other_gpu", "[TRT] IRuntime::deserializeCudaEngine: Error Code 6: API Usage Error (The engine plan file is generated on a different GPU)" },
        { "other_gpu", "[TRT] Target GPU SM 61 is not supported by this TensorRT release." },
        { "other_gpu", "[defaultAllocator] no kernel image is available for execution on the device" },
        { "engine_missing", "Error opening engine file: /models/centerpoint.engine" },
        { "engine_damaged", "Error[4]: Failed to read header from the stream" },
        { "engine_damaged", "[TRT] Engine buffer is truncated" },
        { "no_kernel", "Error[10]: [optimizer.cpp::computeCosts::1855] Error Code 10: Internal Error (Could not find any implementation for node ConvTranspose_56.)" },
        { "cannot_write", "Saving engine to file failed." },
        { "cannot_write", "Cannot open /out/times.json for writing" },
        { "cannot_write", "write of 4096 bytes: No space left on device" },
        { "static_shape", "Error[3]: Error Code 3: API Usage Error (condition: engineDims.d[i] == dims.d[i]. Static dimension mismatch while setting input shape.)" },
        { "outside_profile", "[TRT] IExecutionContext::setInputShape: Error Code 3: Set dimension [60000,32,9] for tensor voxels does not satisfy any optimization profiles. Valid range for profile 0: [1,32,9]..[40000,32,9]." },
        { "outside_profile", "[TRT] Error Code 3: API Usage Error (Supplied binding dimension [32,3,32,32] for bindings[0] exceed min ~ max range at index 0, maximum dimension in profile is 1, minimum dimension in profile is 1, but supplied dimension is 32." },
        { "outside_profile", "Parameter check failed at: engine.cpp::setBindingDimensions::1046, condition: profileMinDims.d[i] <= dimensions.d[i]" },
        { "input_size", "Unexpected file size for input file: a.raw. Note: Input binding size is: 8 bytes but the file size is 4 bytes" },
        { "input_missing", "Cannot open file points.raw!" },
        { "missing_library", "Uncaught exception detected: Unable to open library: libnvinfer_plugin.so.8 due to libcublas.so.12: cannot open shared object file: No such file or directory" },
        { "missing_library", "Could not load library libcudnn_cnn_infer.so.8." },
        { "no_gpu", "Uncaught exception detected: Cuda failure at device.h:99: no CUDA-capable device is detected" },
        { "no_gpu", "[TRT] 6: CUDA initialization failure with error: 35. Please check your CUDA installation" },
        { "no_gpu", "Cuda failure: CUDA driver version is insufficient for CUDA runtime version" },
        { "no_gpu", "Cuda failure: 100" },
        { "out_of_memory", "Error[1]: [defaultAllocator.cpp::allocate::19] Error Code 1: Cuda Runtime (out of memory)" },
        { "out_of_memory", "[TRT] Requested amount of GPU memory (8589934592 bytes) could not be allocated. There may not be enough free memory for allocation to succeed." },
        { "out_of_memory", "Uncaught exception detected: std::bad_alloc" },
        { "cuda_error", "Error[1]: [genericReformat.cu::executeMemcpy::1583] Error Code 1: Cuda Runtime (an illegal memory access was encountered)" },
        { "cuda_error", "[TRT] Error Code 2: Internal Error (cuDNN failed: CUDNN_STATUS_EXECUTION_FAILED)" },
        { "no_model", "Model missing or format not recognized" },
        { "no_model", "[TRT] ModelImporter.cpp:683: Could not open file /models/none.onnx" },
        { "model_unreadable", "[TRT] ModelImporter.cpp:735: Failed to parse ONNX model from file: m.onnx" },
        { "model_unreadable", "[TRT] In node -1 (importModel): MODEL_DESERIALIZE_FAILED: bytes of m.onnx" },
        { "crashed", "terminate called after throwing an instance of 'nvinfer1::CudaError'" },
        { "killed", "Terminated" },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_known_message_has_its_class_line_and_advice(string cause, string message)
    {
        var found = Log.Failed("[I] Build", $"[E] {message}", "[E] Engine set up failed");

        Assert.Equal((cause, 3, message), (found.Class, found.Line, found.Text));
        Assert.NotEmpty(found.Advice);
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_known_message_that_is_only_a_warning_is_no_cause(string cause, string message)
    {
        Assert.NotEqual(cause, Log.Failed($"[W] {message}", "[I] one", "[I] two", "[I] three", "[I] four", "[E] words of a later version").Class);
        Assert.True(Log.Passed($"[W] {message}").Passed);
    }

    [Fact]
    public void The_class_that_ranks_first_is_the_cause_whatever_comes_first_in_the_log()
    {
        var ranked = Messages.Select(row => row.Data).ToList();
        foreach (var (first, later) in ranked.Zip(ranked.Skip(1)).Where(pair => pair.First.Item1 != pair.Second.Item1))
        {
            var found = Log.Failed($"[E] {later.Item2}", $"[E] {first.Item2}");

            Assert.Equal((first.Item1, 3), (found.Class, found.Line));
        }
    }

    [Fact]
    public void The_first_of_equal_messages_is_the_cause() =>
        Assert.Equal(2, Log.Failed("[E] Unknown option: --workspace 2048", "[E] Unknown option: --buildOnly").Line);

    [Theory]
    [InlineData("[E] unknown OPTION: --workspace", "removed_option")]
    [InlineData("[E] CUDA RUNTIME (OUT OF MEMORY)", "out_of_memory")]
    [InlineData("[E] no importer registered for op: DeformConv", "unsupported_operator")]
    public void Upper_and_lower_case_are_one(string line, string cause) => Assert.Equal(cause, Log.Failed(line).Class);

    [Theory]
    [InlineData("trtexec: error while loading shared libraries: libnvinfer.so.10: cannot open shared object file: No such file or directory", "missing_library")]
    [InlineData("Segmentation fault (core dumped)", "crashed")]
    [InlineData("run.sh: line 3:    77 Segmentation fault      (core dumped) trtexec --onnx=m.onnx", "crashed")]
    [InlineData("*** stack smashing detected ***: terminated", "crashed")]
    [InlineData("Aborted (core dumped)", "crashed")]
    [InlineData("[ERROR] [trtexec-1]: process has died [pid 77, exit code -11, cmd 'trtexec --onnx=m.onnx'].", "crashed")]
    [InlineData("[ERROR] [trtexec-1]: process has died [pid 77, exit code -9, cmd 'trtexec --onnx=m.onnx'].", "killed")]
    [InlineData("Killed", "killed")]
    [InlineData("trt-1  | Killed", "killed")]
    [InlineData("2026-07-07T02:10:45.123456789Z Killed", "killed")]
    [InlineData("run.sh: line 3:    77 Killed                  trtexec --onnx=m.onnx", "killed")]
    [InlineData("Out of memory: Killed process 77 (trtexec) total-vm:9123456kB", "killed")]
    [InlineData("Terminated", "killed")]
    public void What_the_loader_and_the_shell_print_counts_without_a_mark(string line, string cause)
    {
        var found = Log.Cut("[I] Build", line).Cause!;

        Assert.Equal((cause, 3), (found.Class, found.Line));
    }

    [Theory]
    [InlineData("Killed")]
    [InlineData("Aborted (core dumped)")]
    [InlineData("run.sh: line 3:    77 Killed                  trtexec --onnx=m.onnx")]
    [InlineData("[ERROR] [trtexec-1]: process has died [pid 77, exit code -11, cmd 'trtexec'].")]
    [InlineData("[ERROR] [trtexec-1]: process has died [pid 77, exit code -9, cmd 'trtexec'].")]
    public void A_crash_after_PASSED_is_a_failure_that_says_so(string line)
    {
        var cause = TrtexecLogReader.Read(Log.Start + Log.Pass + line).Cause!;

        Assert.Contains(cause.Class, new[] { "crashed", "killed" });
        Assert.Equal((3, line), (cause.Line, cause.Text));
    }

    [Fact]
    public void A_path_that_sounds_like_a_crash_is_none() =>
        Assert.True(TrtexecLogReader.Read(Log.Start + "&&&& PASSED TensorRT.trtexec [TensorRT v100300] # trtexec --onnx=/core dumped/m.onnx\n").Passed);

    [Theory]
    [InlineData("NVIDIA banner: CUDA driver version is insufficient for some features")]
    [InlineData("grep: Unknown option: -Q")]
    [InlineData("export: MODEL_DESERIALIZE_FAILED")]
    public void Other_programs_lines_are_not_searched_for_the_rest(string line) => Assert.Equal("incomplete", Log.Cut("[I] Build", line).Cause!.Class);

    [Fact]
    public void An_error_of_trtexec_is_preferred_to_a_line_without_a_mark() =>
        Assert.Equal(3, Log.Failed("libextra.so: cannot open shared object file", "[E] Unable to open library: libnvinfer_plugin.so.8").Line);
}
