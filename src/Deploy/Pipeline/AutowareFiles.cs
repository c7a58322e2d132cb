using Deploy.Configuration;
using Deploy.Engines.TensorRt;
using Deploy.Output;
using Quant.Core.Diagnostics;

namespace Deploy.Pipeline;

/// <summary>Makes an engine folder a package that Autoware's node loads: ONNX files and the <c>ml_package</c> parameters beside the engines.</summary>
internal static class AutowareFiles
{
    /// <summary>The parameter file.</summary>
    public const string FileName = "centerpoint_ml_package.param.yaml";

    /// <summary>The files written; a model that the node cannot run gets its ONNX files only, with every reason in the log.</summary>
    public static IReadOnlyList<string> Write(DeployConfig config, string precision, string onnxFolder, string engineFolder, RunLog log)
    {
        var (encoder, head) = (config.Components.PtsVoxelEncoder, config.Components.PtsBackboneNeckHead);
        List<string> written = [];
        foreach (var file in new[] { encoder.OnnxFile, head.OnnxFile })
        {
            written.Add(Path.Combine(engineFolder, file));
            PipelineFiles.CopyFile(Path.Combine(onnxFolder, file), written[^1]);
        }

        var package = new AutowarePackage
        {
            EncoderOnnx = encoder.OnnxFile,
            EncoderEngine = encoder.EngineFile,
            HeadOnnx = head.OnnxFile,
            HeadEngine = head.EngineFile,
            Precision = config.OnnxConfig.Body == "fp16" || config.BackendConfig.CommonConfig.PrecisionPolicy == "strongly_typed" ? "strongly-typed" : precision,
            ScoreThreshold = config.Model.TestCfg.ScoreThreshold,
        };
        var target = Path.Combine(engineFolder, FileName);
        File.Delete(target);
        if (OnnxFacts.Read(Path.Combine(onnxFolder, encoder.OnnxFile)).Factors is not null)
        {
            log.Info($"  no Autoware package for {precision}: its node does not scale pillar features; export with onnx_config.input_scaling: graph");
            return written;
        }

        try
        {
            package.Write(target, config.Model);
            written.Add(target);
        }
        catch (QuantException reasons) when (reasons.Code == DiagnosticCodes.EngineRequestInvalid)
        {
            log.Info($"  no Autoware package for {precision}:");
            foreach (var reason in reasons.Diagnostics)
            {
                log.Info($"    {reason.Message}");
            }
        }

        return written;
    }
}
