namespace Deploy.Pipeline;

/// <summary>The files that hold the INT8 model: after bias correction, or after QAT when the config asks for it.</summary>
internal static class QuantizedResult
{
    /// <summary>True when QAT follows bias correction.</summary>
    public static bool IsTrained(PipelineContext context) => context.Config.Quantization.Mode == "qat";

    /// <summary>Folded weights with their ranges.</summary>
    public static string Weights(PipelineContext context) => IsTrained(context) ? "qat.pth" : "quantized.pth";

    /// <summary>The table of layers and ranges.</summary>
    public static string Table(PipelineContext context) => IsTrained(context) ? "qat_quantization.json" : "quantization.json";
}
