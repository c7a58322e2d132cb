namespace Deploy.Engines.TensorRt.Logs;

/// <summary>
/// The known failures, most telling first: a log shows a chain from the cause up to <c>Engine set up failed</c>, and a later class of this
/// list may be only a consequence of an earlier one.
/// </summary>
internal static class CauseClasses
{
    public static IReadOnlyList<CauseClass> All { get; } =
    [
        // Options
        new("removed_option", "Unknown option: ", "this trtexec does not know the option; 'deploy engine' and 'deploy bundle' choose the options of its version"),
        new("invalid_option", "cannot be both set|conversion failure|Unknown memory pool|Invalid value for|Negative memory pool size|Must specify only --|number of 's when parsing", "an option's value is not accepted; correct it as the line says"),

        // Model
        new("scale_not_positive", "Scale coefficients must all be positive|scaleAllPositive", "a quantizer has scale 0 (a dead channel); export again with this program, which writes scale 1 there"),
        new("asymmetric", "TRT only supports symmetric quantization|shiftIsAllZeros|zeroPt must be all zeros|Non-zero zero point is not supported", "a zero point is not 0, or the type is uint8; TensorRT takes signed symmetric INT8 only: export --precision int8, not the CPU form"),
        new("int8_flag_missing", "int8 is not configured in the builder", "the graph holds Q/DQ: build with precision_policy: int8 (--int8) on TensorRT 10 and older"),
        new("fp16_flag_missing", "fp16 is not configured in the builder", "the graph computes in FP16: build with --fp16, or --stronglyTyped from 9.1 on"),
        new("int8_constant", "invalid weights type of Int8|weights of type Int8 .{0,60}not supported", "this TensorRT refuses INT8 constants: set onnx_config.prequantized_weights: false and turn constant folding off"),
        new("unsupported_operator", "No importer registered for op|UNSUPPORTED_NODE|In operator registry.{0,80}not found|not supported by TensorRT|Plugin not found|could not find plugin", "this TensorRT has no importer or plugin for the operator; export with an opset it knows, or give its plugin"),
        new("external_data", "Failed to open (file|weights).{0,200}\\.(data|weights|bin)|external data|Unable to open weights", "the ONNX file's weights lie in another file that is missing; save the model with its weights inside"),
        new("type_mismatch", "must have (the )?same (input )?types?|types of Half and Float|types Half and Float|different types.{0,40}(Half|Float)", "a strongly typed network mixes types (a Cast is missing); export with onnx_config.body: fp16"),
        new("static_model", "Static model does not take explicit shapes", "the ONNX file has fixed sizes: leave the shapes out, or export with dynamic axes"),
        new("unknown_tensor", "Cannot find input tensor with name|Invalid tensor names found in", "a shape or input file names a tensor that the model does not have; correct the components section"),

        // Engine file
        new("plan_version", "magicTag|incompatible serialization version|Serialization assertion|Version tag does not match|incompatible plan|Current Version: .{0,40}Serialized Engine Version|Serialization version is not supported|stdVersionRead == kSERIALIZATION_VERSION", "the engine was built by another TensorRT; build it again here"),
        new("other_gpu", "generated on a different GPU|different device|different compute capability|no kernel image is available|Unsupported SM|compute capability .{0,30}not supported|Target GPU SM", "the engine or this TensorRT does not fit the GPU; build the engine on the GPU that runs it, with a TensorRT that supports it"),
        new("engine_missing", "Error opening engine file", "there is no engine at the path; build it first"),
        new("engine_damaged", "Failed to read header|Engine buffer is (empty|truncated)|Engine file is empty|unexpected end of (the )?(stream|file)|Cannot deserialize|checksum", "the engine file is damaged or cut off; build it again"),

        // Build
        new("no_kernel", "Could not find any implementation for node", "no kernel fits the node: raise backend_config.common_config.max_workspace_size, keep it in FP16 with quantization.sensitive_layers, or use quantization.deconv_weight: per_tensor if it is a ConvTranspose"),
        new("cannot_write", "Saving engine to file failed|Cannot open .{0,200}for writing|Could not open output file|No space left on device|Failed to write", "the file could not be written; check the folder and its free space"),

        // Inference
        new("static_shape", "Static dimension mismatch|built with static shapes|does not match .{0,60}static dimension", "the shapes given do not fit the engine; correct the component's profile"),
        new("outside_profile", "does not satisfy any optimization profiles|exceed min ~ max range|profileM(in|ax)Dims|supplied .{0,60}profile|out of (the )?range of .{0,40}profile|kMIN|kMAX dimensions in profile", "a shape lies outside the engine's profile; widen tensorrt_profile and build again"),
        new("input_size", "Unexpected file size for input file", "an input file has the wrong length: float32 values of exactly the input's shape are needed"),
        new("input_missing", "Cannot open file ", "an input file cannot be opened; check its path"),

        // Machine
        new("missing_library", "Unable to open library|cannot open shared object file|Could not load library|error while loading shared libraries|DLL load failed|Failed to load library", "a library is missing; install TensorRT, CUDA and cuDNN completely and check LD_LIBRARY_PATH") { AnyLine = true },
        new("no_gpu", "CUDA initialization failure|no CUDA-capable device|CUDA driver version is insufficient|Unable to determine GPU|CUDA_ERROR_NO_DEVICE|forward compatibility was attempted|initialization error|Cuda failure: (35|100|999)", "no usable GPU, or its driver is too old for this CUDA; check with nvidia-smi"),
        new("out_of_memory", "insufficient memory|OutOfMemory|out of memory|Cuda Error in allocate|CUDA_ERROR_OUT_OF_MEMORY|std::bad_alloc|Requested amount of GPU memory", "memory ran out; lower backend_config.common_config.max_workspace_size, close other programs, or build with fewer tactics"),
        new("cuda_error", "Cuda failure|Cuda Runtime|an illegal memory access|CUDNN_STATUS|cublas.{0,20}status", "a CUDA call failed; run again, and if it stays, check the driver and the GPU's health (nvidia-smi -q)"),

        // Model file, in words that other failures print too
        new("no_model", "Model missing or format not recognized|Input file cannot be found, or is not a regular file|Could not open file .{0,200}\\.onnx", "trtexec found no model at the given path"),
        new("model_unreadable", "Failed to parse ONNX model|Error parsing (message|text-format)|MODEL_DESERIALIZE_FAILED|Protobuf|ModelProto", "the ONNX file cannot be read; export or copy it again"),

        // The process itself
        new("crashed", "Segmentation fault|core dumped|terminate called|stack smashing|double free|Aborted|SIGSEGV|Bus error|Illegal instruction|process has died.{0,40}exit code -(4|6|7|8|11)\\b", "trtexec crashed; with plugins or an unusual driver this can happen at its end: the engine is not trusted") { AnyLine = true },
        new("killed", "^Killed$|: line [0-9]+: +[0-9]+ Killed\\b|Out of memory: Killed|Terminated$|process has died.{0,40}exit code -(9|15)\\b", "the system ended trtexec, most often for lack of memory; close other programs or lower the workspace") { AnyLine = true },
    ];

    /// <summary>Messages that end every failure and name no cause.</summary>
    public static bool IsChain(string text) => Chain.Any(item => text.Contains(item, StringComparison.OrdinalIgnoreCase));

    private static readonly string[] Chain =
    [
        "Failed to parse onnx file", "Parsing model failed", "Failed to create engine from model", "Engine set up failed", "Engine could not be created from network",
        "Building engine failed", "Got invalid engine", "Inference set up failed", "Error occurred during inference", "Engine deserialization failed", "Engine creation failed",
        "--- Begin node ---", "--- End node ---",
    ];
}
