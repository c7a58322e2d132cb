using System.Text.RegularExpressions;

namespace Deploy.Engines.TensorRt;

/// <summary>The failures a user can do something about, most telling first.</summary>
internal static class TrtexecCauses
{
    private static readonly (string Class, Regex Pattern, string Advice)[] Known =
    [
        Entry("removed_option", "Unknown option: ", "this trtexec does not know the option; let 'deploy engine' choose the flags for its version"),
        Entry("scale_not_positive", "Scale coefficients must all be positive", "a quantizer has scale 0 (a dead channel); export again with this program, which writes scale 1 there"),
        Entry("asymmetric", "TRT only supports symmetric quantization", "a zero point is not 0; TensorRT takes symmetric INT8 only"),
        Entry("int8_flag_missing", "int8 is not configured in the builder", "the graph holds Q/DQ: build with --int8 (precision_policy: int8) on TensorRT 10 and older"),
        Entry("int8_constant", "invalid weights type of Int8|Int8.{0,40}(initializer|weights).{0,40}not supported", "this TensorRT refuses INT8 constants: set onnx_config.prequantized_weights: false"),
        Entry("no_kernel", "Could not find any implementation for node", "no kernel fits: raise backend_config.common_config.max_workspace_size, or keep the named layer in FP16 with quantization.sensitive_layers"),
        Entry("type_mismatch", "must have (the )?same (input )?types?", "a strongly typed network mixes types; export with onnx_config.body: fp16"),
        Entry("static_shape", "Static dimension mismatch|built with static shapes", "the shapes given do not fit the engine; correct the component's profile"),
        Entry("unknown_tensor", "Cannot find input tensor with name", "the profile names an input that the model does not have"),
        Entry("plan_version", "magicTag|incompatible serialization version|Serialization assertion|Version tag does not match|deserializ.{0,60}fail", "the engine was built by another TensorRT or for another GPU; build it again here"),
        Entry("out_of_memory", "insufficient memory|OutOfMemory|Cuda Error in allocate|CUDA_ERROR_OUT_OF_MEMORY", "the GPU is short of memory; lower backend_config.common_config.max_workspace_size or free it"),
        Entry("missing_library", "Unable to open library|cannot open shared object file", "a library is missing; install TensorRT and CUDA completely and check LD_LIBRARY_PATH"),
        Entry("no_gpu", "CUDA initialization failure|no CUDA-capable device|CUDA driver version is insufficient", "no usable GPU; check the driver with nvidia-smi"),
        Entry("no_model", "Model missing or format not recognized|Input file cannot be found", "trtexec found no model at the given path"),
        Entry("cannot_write", "Saving engine to file failed|Cannot open.*for writ|Could not open output file", "the engine could not be written; check the folder and free space"),
    ];

    public static TrtexecCause? Find(IReadOnlyList<string> lines)
    {
        foreach (var (name, pattern, advice) in Known)
        {
            for (var index = 0; index < lines.Count; index++)
            {
                if (pattern.IsMatch(lines[index]))
                {
                    return new TrtexecCause(name, index + 1, lines[index].Trim(), advice);
                }
            }
        }

        return null;
    }

    private static (string, Regex, string) Entry(string name, string pattern, string advice) =>
        (name, new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1)), advice);
}
