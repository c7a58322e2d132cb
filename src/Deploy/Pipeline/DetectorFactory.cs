using Deploy.Engines;
using Deploy.Engines.OnnxRuntime;

namespace Deploy.Pipeline;

/// <summary>Opens the exported models of a work directory as runnables.</summary>
internal static class DetectorFactory
{
    /// <summary>A model under its name in results.</summary>
    /// <param name="name"><c>fp32</c>, <c>fp16</c>, <c>int8</c> or <c>int8_cpu</c>, as ONNX files.</param>
    public static OrtDetector Onnx(PipelineContext context, string name)
    {
        // Signed Q/DQ is what TensorRT reads: it runs unoptimized, as written.
        var options = new OrtOptions(Optimize: name != "int8", context.OnnxRuntimeCuda && name != "int8_cpu", context.Threads);
        var (folder, precision) = name == "int8_cpu" ? ("engine/int8_cpu", name) : ($"onnx/{name}", name);
        return new OrtDetector(
            precision,
            Path.Combine(context.Work[folder], context.Config.Components.PtsVoxelEncoder.OnnxFile),
            Path.Combine(context.Work[folder], context.Config.Components.PtsBackboneNeckHead.OnnxFile),
            context.Config.Model,
            options,
            context.Config.OnnxConfig.RotYAxisReference);
    }
}
