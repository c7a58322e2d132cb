using Deploy.Engines;
using Deploy.Engines.OnnxRuntime;
using Deploy.Engines.TensorRt;
using Quant.Core.Diagnostics;

namespace Deploy.Pipeline;

/// <summary>Opens the exported models of a work directory as runnables.</summary>
internal static class DetectorFactory
{
    /// <summary>A model under its name in results: an engine for <c>fp16_trt</c> and <c>int8_trt</c>, else ONNX files.</summary>
    /// <exception cref="QuantException">QNT0910: an engine is asked for where no trtexec can run it.</exception>
    public static IDetectorModel Open(PipelineContext context, string name) =>
        name.EndsWith("_trt", StringComparison.Ordinal)
            ? Engine(context, name, EngineJobs.Of(context.Config, name[..^4], context.Work[$"onnx/{name[..^4]}"], context.Work[$"engine/{name[..^4]}"]))
            : Onnx(context, name);

    /// <summary>Both engines of a precision, run by trtexec.</summary>
    public static TensorRtDetector Engine(PipelineContext context, string name, IReadOnlyList<EngineJob> jobs)
    {
        var trtexec = context.Backend.Trtexec ?? throw new QuantException(
            DiagnosticCodes.TrtexecMissing, $"'{name}' is an engine, and there is no trtexec here to run it ({context.Backend.Reason}); install TensorRT, or take the model out of evaluation.models", context.Loaded.LocationOf("evaluation.models"));
        var options = new TrtexecRunOptions { Timeout = TimeSpan.FromSeconds(context.Config.BackendConfig.CommonConfig.Timeout) };
        return new TensorRtDetector(name, new EngineRunner(trtexec, options, context.Cancel), jobs[0], jobs[1], context.Config.Model, context.Config.OnnxConfig.RotYAxisReference);
    }

    /// <summary>ONNX files of a model.</summary>
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
