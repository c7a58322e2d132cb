using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Deploy.Configuration.Binding;

namespace Deploy.Configuration;

/// <summary>The <c>onnx_config</c> section.</summary>
public sealed record OnnxConfig
{
    /// <summary>auto is 17, and 19 for body fp16, whose FP16-typed scales need it.</summary>
    [Description("auto is 17, and 19 for body fp16, whose FP16-typed scales need it.")]
    [AutoIsNull]
    [Range(17, 21)]
    public int? OpsetVersion { get; init; }

    /// <summary>Type of the tensors between quantized layers: fp32, or fp16 for strongly typed engines. Inputs and outputs stay FP32.</summary>
    [Description("Type of the tensors between quantized layers: fp32, or fp16 for strongly typed engines. Inputs and outputs stay FP32.")]
    [AllowedValues("fp32", "fp16")]
    public string Body { get; init; } = "fp32";

    /// <summary>Store weights as INT8 with one DequantizeLinear, instead of FP32 with a Q/DQ pair.</summary>
    [Description("Store weights as INT8 with one DequantizeLinear, instead of FP32 with a Q/DQ pair.")]
    public bool PrequantizedWeights { get; init; } = false;

    /// <summary>Where scaled input channels of the pillar net are scaled: graph (one Mul), or decoration (by whoever makes the pillar features, with the factors in the file's metadata).</summary>
    [Description("Where scaled input channels of the pillar net are scaled: graph (one Mul), or decoration (by whoever makes the pillar features, with the factors in the file's metadata).")]
    [AllowedValues("graph", "decoration")]
    public string InputScaling { get; init; } = "graph";

    /// <summary>Write transposed convolutions with kernel = stride as 1×1 convolution and DepthToSpace, the same function: any TensorRT then takes scales per output channel.</summary>
    [Description("Write transposed convolutions with kernel = stride as 1×1 convolution and DepthToSpace, the same function: any TensorRT then takes scales per output channel.")]
    public bool DeconvAsConv { get; init; }

    /// <summary>Write dim as (w, l, h) and rot as (−cos, −sin), which Autoware expects.</summary>
    [Description("Write dim as (w, l, h) and rot as (−cos, −sin), which Autoware expects.")]
    public bool RotYAxisReference { get; init; } = false;
}
