using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Deploy.Configuration.Binding;

namespace Deploy.Configuration;

/// <summary>Settings of the engine builder.</summary>
public sealed record CommonConfig
{
    /// <summary>Of the INT8 engine: int8 allows INT8 and FP16 kernels; strongly_typed takes every type from the graph.</summary>
    [Description("Of the INT8 engine: int8 allows INT8 and FP16 kernels; strongly_typed takes every type from the graph.")]
    [AllowedValues("auto", "fp16", "fp32_tf32", "int8", "strongly_typed")]
    public string PrecisionPolicy { get; init; } = "int8";

    /// <summary>Scratch memory of the builder in bytes.</summary>
    [Description("Scratch memory of the builder in bytes.")]
    [Range(1048576d, 1099511627776d)]
    public long MaxWorkspaceSize { get; init; } = 4294967296;

    /// <summary>TensorRT's builder optimization level; null keeps its default.</summary>
    [Description("TensorRT's builder optimization level; null keeps its default.")]
    [Range(0, 5)]
    public int? BuilderOptimizationLevel { get; init; }

    /// <summary>File of kernel timings that builds read and extend.</summary>
    [Description("File of kernel timings that builds read and extend.")]
    [ConfigPath]
    public string? TimingCache { get; init; }

    /// <summary>Seconds after which a build is stopped.</summary>
    [Description("Seconds after which a build is stopped.")]
    [Range(1, 604800)]
    public int Timeout { get; init; } = 3600;
}
