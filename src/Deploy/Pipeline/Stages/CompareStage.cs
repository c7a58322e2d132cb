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
        var frames = context.Config.Verification.NumVerifySamples;
        var comparer = new OutputComparer(Options(context, reference.Name, candidate.Name, candidate.Provider));
        using (var progress = context.Log.Progress($"comparing {candidate.Name} with {reference.Name}", Math.Min(frames, context.Source("validation").Count)))
        {
            foreach (var (frame, pillars) in progress.Over(context.Frames("validation", frames)))
            {
                comparer.Add(frame.Token, reference.Run(pillars), candidate.Run(pillars));
            }
        }

        // Only a model that has run knows which provider ran it.
        var report = comparer.Finish() with { Provider = candidate.Provider };
        Tell(context, report);
        return report;
    }

    /// <summary>The config's tolerances for a pair of models.</summary>
    public static ComparisonOptions Options(PipelineContext context, string reference, string candidate, string provider)
    {
        var config = context.Config.Verification;
        return new ComparisonOptions
        {
            Space = config.Space,
            Statistic = config.Statistic,
            Tolerance = config.Tolerance,
            Tolerances = config.Tolerances,
            ScoreThreshold = context.Config.Model.TestCfg.ScoreThreshold,
            Reference = reference,
            Candidate = candidate,
            Provider = provider,
        };
    }

    /// <summary>One line for each output.</summary>
    public static void Tell(PipelineContext context, ComparisonReport report)
    {
        foreach (var output in report.Outputs)
        {
            context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  {output.Name,-10} {context.Config.Verification.Statistic} {output.Value:F4} (limit {output.Tolerance:G3})  max {output.MaxAbs:F3}  cosine {output.Cosine:F5}  {(output.Pass ? "pass" : "FAIL")}"));
        }
    }
}
