using Deploy.Gates;
using Deploy.Reporting;
using Quant.Core.Diagnostics;

namespace Deploy.Pipeline.Reports;

/// <summary>Reads a work directory's results into a report.</summary>
internal static class ReportAssembly
{
    public static ReportDocument Create(PipelineContext context, Manifest manifest)
    {
        var inputs = GateInputs.Load(context.Work.Root);
        var engines = Optional<EngineReport>(context, "engine.json");
        var audits = EngineSection.Audits(context, engines);
        return new ReportDocument(context.Config.Name, Verdict(context), Summary(context, inputs, engines),
        [
            new ReportSection("gates", "Verdict and gates", Gates(context.Gate)),
            new ReportSection("accuracy", "Accuracy, latency, size", AccuracySection.Blocks(context, inputs, engines)),
            new ReportSection("frames", "Frames", FramesSection.Blocks(context)),
            new ReportSection("layers", "Layers", [.. LayersSection.Blocks(context, audits), .. CorrectionSection.Blocks(context)]),
            new ReportSection("histograms", "Histograms and ranges", HistogramSection.Blocks(context)),
            new ReportSection("sensitivity", "Sensitivity", SearchSection.Sensitivity(context)),
            new ReportSection("pareto", "Mixed precision", SearchSection.Pareto(context)),
            new ReportSection("engines", "Engines", EngineSection.Blocks(engines, audits)),
            new ReportSection("comparison", "Comparison of outputs", ComparisonSection.Blocks(context)),
            new ReportSection("manifest", "Where this comes from", ManifestSection.Blocks(context, manifest)),
        ]);
    }

    /// <summary>The verdict in a word.</summary>
    public static string Verdict(PipelineContext context) => context.Gate is null ? "NOT GATED" : context.Gate.Pass ? "PASS" : "FAIL";

    /// <summary>A result that may be absent.</summary>
    public static T? Optional<T>(PipelineContext context, string file)
        where T : class => File.Exists(context.Work[file]) ? JsonFile.Read<T>(context.Work[file]) : null;

    /// <summary>Blocks from a file that only the report shows: unreadable, it is a warning and a sentence, because the verdict stands without it.</summary>
    public static IReadOnlyList<ReportBlock> Tolerant(PipelineContext context, Func<IReadOnlyList<ReportBlock>> read)
    {
        try
        {
            return read();
        }
        catch (QuantException error)
        {
            var text = string.Join("; ", error.Diagnostics.Select(item => $"{Path.GetFileName(item.Location?.File)}: {item.Message}"));
            context.Log.Report(Diagnostic.Warning(DiagnosticCodes.ReportInputUnreadable, $"a section of the report is left out: {text}"));
            return [new ReportNote($"Not shown: {text}")];
        }
    }

    private static List<string> Summary(PipelineContext context, GateInputs inputs, EngineReport? engine)
    {
        var lines = new List<string> { $"checkpoint {Path.GetFileName(context.Config.CheckpointPath)} (SHA-256 {context.CheckpointDigest[..12]}…)" };
        if (engine is not null)
        {
            lines.Add($"backend {engine.Backend}: {engine.Reason}");
            if (engine.Backend == "onnxruntime")
            {
                lines.Add("TensorRT was not run: the INT8 numbers are those of the signed Q/DQ graph in ONNX Runtime without optimizations; int8_cpu is ONNX Runtime's own CPU form with other levels, and its latency says nothing about a GPU");
            }
        }

        if (inputs.Evaluation is { } evaluation && evaluation.Models.ContainsKey("fp16"))
        {
            lines.Add($"metric {evaluation.Metric} over {evaluation.Frames} frames; the fp16 row is the FP16 ONNX file, which ONNX Runtime computes in FP32 with casts on x86");
        }

        return lines;
    }

    private static IReadOnlyList<ReportBlock> Gates(GateReport? gate) => gate is null
        ? [new ReportNote("Nothing was gated: quantization is off, or the gate stage was not part of this run.")]
        : [new ReportTable("Gates", ["check", "verdict", "detail"], [.. gate.Checks.Select(check => (IReadOnlyList<string>)[check.Name, Mark(check.Verdict), check.Detail])])];

    private static string Mark(GateVerdict verdict) => verdict switch { GateVerdict.Pass => "✓ pass", GateVerdict.Fail => "✗ fail", GateVerdict.Inconclusive => "? inconclusive", _ => "– missing" };
}
