using Deploy.Comparison;
using Deploy.Reporting;

namespace Deploy.Pipeline.Reports;

/// <summary>INT8 against FP16 per output, and the cell where each differs most.</summary>
internal static class ComparisonSection
{
    public static IReadOnlyList<ReportBlock> Blocks(PipelineContext context) => ReportAssembly.Optional<ComparisonReport>(context, "compare.json") is not { } report
        ? [new ReportNote("Outputs were not compared: compare.json is missing.")]
        :
        [
            new ReportTable(
                $"{report.Candidate} against {report.Reference}, {report.Frames} frames, {report.Statistic} in {report.Space} space",
                ["output", "value", "limit", "verdict", "max", "cosine", "SQNR dB"],
                [.. report.Outputs.Select(output => (IReadOnlyList<string>)[output.Name, ReportText.Number(output.Value), ReportText.Number(output.Tolerance), output.Pass ? "✓ pass" : "✗ fail", ReportText.Number(output.MaxAbs), ReportText.Number(output.Cosine), ReportText.Number(output.SqnrDb)])]),
            new ReportTable(
                "Worst cells",
                ["output", "frame", "channel", "row", "column", report.Reference, report.Candidate, "difference"],
                [.. report.Outputs.Where(output => output.Worst is not null).Select(output => Row(output.Name, output.Worst!))]) { InShort = false },
        ];

    private static IReadOnlyList<string> Row(string name, WorstCell cell) =>
        [name, cell.Frame, ReportText.Number(cell.Channel), ReportText.Number(cell.Y), ReportText.Number(cell.X), ReportText.Number(cell.Reference), ReportText.Number(cell.Candidate), ReportText.Number(cell.Difference)];
}
