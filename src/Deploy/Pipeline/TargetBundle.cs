using Deploy.Engines.OnnxRuntime;
using Deploy.Engines.TensorRt;
using Deploy.Engines.TensorRt.Bundles;
using Quant.Core.Diagnostics;

namespace Deploy.Pipeline;

/// <summary>Makes a bundle for a target device from ONNX files and verification frames.</summary>
internal static class TargetBundle
{
    /// <returns>Notes, such as versions of TensorRT that cannot build these graphs.</returns>
    /// <exception cref="QuantException">QNT0504, QNT0507: the ONNX folder or the target folder does not do.</exception>
    public static IReadOnlyList<string> Write(PipelineContext context, string onnxFolder, string folder, int frames)
    {
        var config = context.Config;
        var sources = LooseEngines.Sources(config, Path.GetFullPath(onnxFolder));
        // The names of jobs tie the results to the run's own when they come back.
        var jobs = sources.SelectMany(source => EngineJobs.Of(config, source.Key, source.Value, folder)).ToList();
        return DeployBundle.Write(folder, new BundleRequest
        {
            Jobs = jobs,
            Frames = frames == 0 ? [] : Frames(context, sources.Values.First(), jobs, frames),
            WorkspaceBytes = config.BackendConfig.CommonConfig.MaxWorkspaceSize,
            OptimizationLevel = config.BackendConfig.CommonConfig.BuilderOptimizationLevel,
        });
    }

    /// <summary>Both engines of a frame get their inputs; every head reads the canvas of the first precision's encoder, so that heads compare.</summary>
    private static List<BundleFrame> Frames(PipelineContext context, string onnxFolder, List<EngineJob> jobs, int frames)
    {
        var (encoderFile, headFile) = (Path.Combine(onnxFolder, context.Config.Components.PtsVoxelEncoder.OnnxFile), Path.Combine(onnxFolder, context.Config.Components.PtsBackboneNeckHead.OnnxFile));
        var (encoder, head) = (OnnxFacts.Read(encoderFile), OnnxFacts.Read(headFile));
        if (jobs.Any(job => OnnxFacts.Read(job.Onnx).Factors is not null))
        {
            throw new QuantException(DiagnosticCodes.BundleInvalid, "a bundle feeds the same pillar features to every precision, and this INT8 encoder wants scaled ones; export with onnx_config.input_scaling: graph, or bundle without frames (--frames 0)", context.Loaded.LocationOf("onnx_config.input_scaling"));
        }

        using var detector = new OrtDetector("bundle", encoderFile, headFile, context.Config.Model, new OrtOptions(Optimize: true, Threads: context.Threads));
        return [.. context.Frames("validation", frames).Select(item => new BundleFrame(item.Frame.Token, new Dictionary<string, Quant.Core.Models.HostTensor>
        {
            [encoder.Inputs[0].Name] = TensorRtDetector.EncoderInput(item.Pillars, encoder, jobs[0].Profiles),
            [head.Inputs[0].Name] = detector.Canvas(item.Pillars),
        }))];
    }
}
