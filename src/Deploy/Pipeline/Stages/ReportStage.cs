using Deploy.Reporting;
using Quant.Core.Diagnostics;

namespace Deploy.Pipeline.Stages;

/// <summary>Writes report.md, report.html, sbom.json and manifest.json from the stored results; runs every time.</summary>
internal static class ReportStage
{
    public static StageStep Step { get; } = new(Stage.Report, [Stage.Gate, Stage.Evaluate], _ => null, Run)
    {
        RunsAlways = true,
    };

    private static string[] Run(PipelineContext context)
    {
        var manifest = Manifest.Create(context);
        var report = Reports.ReportAssembly.Create(context, manifest);
        string[] outputs = [context.Work["report.md"], context.Work["report.html"], context.Work["sbom.json"]];
        AtomicFile.Write(outputs[0], MarkdownReport.Write(report));
        AtomicFile.Write(outputs[1], HtmlReport.Write(report));
        AtomicFile.Write(outputs[2], SoftwareBill.Write(manifest, Packages(context)));
        JsonFile.Write(context.Work["manifest.json"], manifest with { Sbom = FileDigest.Of(outputs[2]) });
        return outputs;
    }

    private static IReadOnlyList<ToolPackage> Packages(PipelineContext context)
    {
        try
        {
            return ToolPackages.Read(ToolPackages.File);
        }
        catch (QuantException error)
        {
            // The models' digests are worth having without it.
            foreach (var diagnostic in error.Diagnostics)
            {
                context.Log.Report(Diagnostic.Warning(diagnostic.Code, diagnostic.Message, diagnostic.Location));
            }

            return [];
        }
    }
}
