using Deploy.Reporting;

namespace Deploy.Pipeline.Stages;

/// <summary>Writes report.md, report.html and manifest.json from the stored results; runs every time.</summary>
internal static class ReportStage
{
    public static StageStep Step { get; } = new(Stage.Report, [Stage.Gate, Stage.Evaluate], _ => null, Run)
    {
        RunsAlways = true,
    };

    private static IReadOnlyList<string> Run(PipelineContext context)
    {
        var manifest = Manifest.Create(context);
        var report = Reports.ReportAssembly.Create(context, manifest);
        AtomicFile.Write(context.Work["report.md"], MarkdownReport.Write(report));
        AtomicFile.Write(context.Work["report.html"], HtmlReport.Write(report));
        JsonFile.Write(context.Work["manifest.json"], manifest);
        context.Log.Info($"  {context.Work["report.html"]}");
        context.Log.Info($"{context.Config.Name}: {report.Verdict}");
        return [context.Work["report.md"], context.Work["report.html"]];
    }
}
