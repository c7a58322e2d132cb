using Deploy.Configuration;
using Deploy.Evaluation;
using Deploy.Gates;
using Deploy.Output;

namespace Deploy.Pipeline.Stages;

/// <summary>Holds the measurements against the limits; runs every time, since it costs nothing and decides the exit code.</summary>
internal static class GateStage
{
    public static StageStep Step { get; } = new(Stage.Gate, [Stage.Compare, Stage.Engine, Stage.Evaluate], context => context.Config.Gates, Run)
    {
        RunsAlways = true,
        SkipReason = InsertStage.QuantizationOff,
    };

    /// <summary>The verdict over the stored results of any work directory.</summary>
    public static GateReport Check(LoadedConfig loaded, string workDirectory, string? baselineDirectory)
    {
        var config = loaded.Config.Gates;
        var options = new GateOptions
        {
            MapDropMax = config.MapDropMax,
            MapDropMaxRelative = config.MapDropMaxRelative,
            // T4MetricV2 defines no NDS, so there is nothing to hold against the limit.
            NdsDropMax = loaded.Config.Evaluation.Metric == MetricOptions.T4V2 ? null : config.NdsDropMax,
            ApDropMax = config.ApDropMax,
            BucketDropMax = config.BucketDropMax,
            Comparison = config.Comparison,
            LatencyMsMax = config.LatencyMsMax,
            SpeedupMin = config.SpeedupMin,
            Int8TimeShareMin = config.Int8TimeShareMin,
            ModelSizeRatioMax = config.ModelSizeRatioMax,
        };
        var inputs = GateInputs.Load(workDirectory, baselineDirectory);
        return GateEvaluator.Check(options, baselineDirectory is null ? inputs : inputs with { BaselineDrop = BaselineComparison.Drop(loaded, workDirectory, baselineDirectory, inputs.Candidate) });
    }

    private static IReadOnlyList<string> Run(PipelineContext context)
    {
        var report = Check(context.Loaded, context.Work.Root, null);
        context.Gate = report;
        return Write(report, context.Work, context.Log, context.Surroundings);
    }

    /// <summary>gate.json and junit.xml, the table, and the annotations of a CI that asks for them.</summary>
    public static IReadOnlyList<string> Write(GateReport report, WorkDirectory work, RunLog log, Surroundings surroundings)
    {
        var (json, junit) = (work["gate.json"], work["junit.xml"]);
        AtomicFile.Write(json, GateFormats.Json(report));
        AtomicFile.Write(junit, GateFormats.JUnit(report));
        log.Table(["", ""], report.Checks.Select(check => (IReadOnlyList<string>)[check.Verdict.ToString().ToLowerInvariant(), check.Detail]));

        foreach (var diagnostic in report.Diagnostics())
        {
            log.Report(diagnostic);
        }

        foreach (var line in Annotations(report, surroundings))
        {
            log.Annotate(line);
        }

        return [json, junit];
    }

    private static IEnumerable<string> Annotations(GateReport report, Surroundings surroundings) =>
        surroundings.GitHubActions ? GateFormats.Annotations(report, AnnotationStyle.GitHub)
        : surroundings.AzurePipelines ? GateFormats.Annotations(report, AnnotationStyle.Azure)
        : [];
}
