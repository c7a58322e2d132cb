using System.Globalization;
using Deploy.Comparison;
using Deploy.Engines;
using Quant.Core.Diagnostics;

namespace Deploy.Pipeline.Stages;

/// <summary>Compares the INT8 graph with the FP16 graph on validation frames.</summary>
internal static class CompareStage
{
    public static StageStep Step { get; } = new(
        Stage.Compare,
        [Stage.Export],
        context => new { context.Config.Verification, context.ValidationDigest, context.Config.Model.TestCfg.ScoreThreshold, context.OnnxRuntimeCuda, context.Threads },
        Run)
    {
        SkipReason = InsertStage.QuantizationOff,
    };

    private static IReadOnlyList<string> Run(PipelineContext context)
    {
        using var reference = DetectorFactory.Onnx(context, "fp16");
        using var candidate = DetectorFactory.Onnx(context, "int8");
        var report = Compare(context, reference, candidate);
        var file = context.Work["compare.json"];
        AtomicFile.Write(file, ComparisonJson.Serialize(report));
        if (!report.Pass)
        {
            var failed = report.Outputs.Where(output => !output.Pass).Select(output => output.Name);
            context.Log.Report(Diagnostic.Warning(DiagnosticCodes.ComparisonBeyondTolerance, $"INT8 differs from FP16 by more than the tolerance in {string.Join(", ", failed)}; the comparison gate decides", new SourceLocation(file)));
        }

        return [file];
    }

    /// <summary>Any two models on the verification frames.</summary>
    public static ComparisonReport Compare(PipelineContext context, IDetectorModel reference, IDetectorModel candidate)
    {
        var config = context.Config.Verification;
        var comparer = new OutputComparer(new ComparisonOptions
        {
            Space = config.Space,
            Statistic = config.Statistic,
            Tolerance = config.Tolerance,
            Tolerances = config.Tolerances,
            ScoreThreshold = context.Config.Model.TestCfg.ScoreThreshold,
            Reference = reference.Name,
            Candidate = candidate.Name,
            Provider = candidate.Provider,
        });
        using (var progress = context.Log.Progress($"comparing {candidate.Name} with {reference.Name}", Math.Min(config.NumVerifySamples, context.Source("validation").Count)))
        {
            foreach (var (frame, pillars) in progress.Over(context.Frames("validation", config.NumVerifySamples)))
            {
                comparer.Add(frame.Token, reference.Run(pillars), candidate.Run(pillars));
            }
        }

        var report = comparer.Finish();
        foreach (var output in report.Outputs)
        {
            context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  {output.Name,-10} {config.Statistic} {output.Value:F4} (limit {output.Tolerance:G3})  max {output.MaxAbs:F3}  cosine {output.Cosine:F5}  {(output.Pass ? "pass" : "FAIL")}"));
        }

        return report;
    }
}
