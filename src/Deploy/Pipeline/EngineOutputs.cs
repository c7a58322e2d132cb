using Deploy.Comparison;
using Deploy.Engines;
using Deploy.Engines.TensorRt.Bundles;
using Deploy.Pipeline.Stages;
using Quant.Core.Diagnostics;

namespace Deploy.Pipeline;

/// <summary>Outputs of the INT8 engines against those of the FP16 engines on the verification frames (<c>engine/compare.json</c>).</summary>
internal static class EngineOutputs
{
    /// <summary>The result, relative to the work directory.</summary>
    public const string FileName = "engine/compare.json";

    /// <summary>Runs both with the trtexec here.</summary>
    public static IReadOnlyList<string> Compare(PipelineContext context)
    {
        using var reference = DetectorFactory.Open(context, "fp16_trt");
        using var candidate = DetectorFactory.Open(context, "int8_trt");
        return Write(context, CompareStage.Compare(context, reference, candidate));
    }

    /// <summary>
    /// Takes the outputs that a target left. There both heads read the same canvas, the one of the FP16 graph's encoder, so that the encoder's own error
    /// (it is float unless quantize_kinds says otherwise) is not in them. None when the bundle held no frames.
    /// </summary>
    public static IReadOnlyList<string> CompareImported(PipelineContext context, BundleResult bundle)
    {
        if (bundle.Manifest.Frames.Count == 0)
        {
            context.Log.Info("  the bundle held no frames, so outputs of the engines are not compared");
            return [];
        }

        var head = context.Config.Components.PtsBackboneNeckHead.EngineFile;
        var comparer = new OutputComparer(CompareStage.Options(context, "fp16_trt", "int8_trt", $"tensorrt {bundle.Build.Tensorrt}{(bundle.Build.Gpu is { } gpu ? $" on {gpu}" : "")}"));
        foreach (var token in bundle.Manifest.Frames)
        {
            comparer.Add(token, Outputs("fp16", token), Outputs("int8", token));
        }

        var report = comparer.Finish();
        CompareStage.Tell(context, report);
        return Write(context, report);

        IReadOnlyDictionary<string, Quant.Core.Models.HostTensor> Outputs(string precision, string token)
        {
            var outputs = bundle.Outputs[$"{precision}/{head}"][token];
            return context.Config.OnnxConfig.RotYAxisReference ? YAxisReference.Undo(outputs) : outputs;
        }
    }

    private static string[] Write(PipelineContext context, ComparisonReport report)
    {
        var file = context.Work[FileName];
        AtomicFile.Write(file, ComparisonJson.Serialize(report));
        if (!report.Pass)
        {
            context.Log.Report(Diagnostic.Warning(DiagnosticCodes.ComparisonBeyondTolerance, $"the INT8 engine differs from the FP16 engine by more than the tolerance in {string.Join(", ", report.Outputs.Where(output => !output.Pass).Select(output => output.Name))}; the comparison gate decides", new SourceLocation(file)));
        }

        return [file];
    }
}
