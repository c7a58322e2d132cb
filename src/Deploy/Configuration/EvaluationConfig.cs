using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Deploy.Configuration.Binding;

namespace Deploy.Configuration;

/// <summary>The <c>evaluation</c> section.</summary>
public sealed record EvaluationConfig
{
    /// <summary>nuscenes (no precision envelope, NDS) or t4_v2 (monotone envelope, range buckets).</summary>
    [Description("nuscenes (no precision envelope, NDS) or t4_v2 (monotone envelope, range buckets).")]
    [AllowedValues("nuscenes", "t4_v2")]
    public string Metric { get; init; } = "nuscenes";

    /// <summary>Class to the distance in metres within which objects count; null counts all.</summary>
    [Description("Class to the distance in metres within which objects count; null counts all.")]
    [Range(0d, 10000d, MinimumIsExclusive = true)]
    [AlsoAccepts("nuscenes: the ranges of its detection challenge, for the model's classes", """{"enum":["nuscenes"]}""")]
    public IReadOnlyDictionary<string, double>? ClassRanges { get; init; }

    /// <summary>Models measured; without quantization the default is [fp32, fp16]. fp16_trt and int8_trt run the engines, seconds a frame.</summary>
    [Description("Models measured; without quantization the default is [fp32, fp16]. fp16_trt and int8_trt run the engines, seconds a frame.")]
    [Length(1, 4)]
    [AllowedValues("fp32", "fp16", "int8", "int8_cpu", "fp16_trt", "int8_trt")]
    public IReadOnlyList<string> Models { get; init; } = ["fp32", "fp16", "int8"];
}
