using System.Globalization;
using Deploy.Reporting;
using Quant.Core.Calibration;
using Quant.Core.Diagnostics;

namespace Deploy.Pipeline.Reports;

/// <summary>The histogram of every input quantizer with the range that was chosen.</summary>
internal static class HistogramSection
{
    public static IReadOnlyList<ReportBlock> Blocks(PipelineContext context) => !File.Exists(context.Work[HistogramFile.Name])
        ? [new ReportNote("No histograms: calibration took the maximum alone, or the ranges came with the checkpoint.") { InShort = false }]
        : ReportAssembly.Tolerant(context, () =>
        {
            var histograms = HistogramFile.Read(context.Work[HistogramFile.Name]);
            if (histograms.Values.Any(histogram => histogram?.Counts is null))
            {
                throw new QuantException(DiagnosticCodes.UnreadableResult, "a histogram has no counts", new SourceLocation(context.Work[HistogramFile.Name]));
            }

            var ranges = JsonFile.Read<CalibrationResult>(context.Work["ranges.json"]).Ranges.Where(range => histograms.ContainsKey(range.Quantizer));
            return
            [
                new ReportNote("Magnitudes of each quantized input over the calibration frames; heights are logarithmic, the dashed line is the chosen range.") { InShort = false },
                .. ranges.Select(range => Picture(range, histograms[range.Quantizer])),
            ];
        });

    private static ReportFigure Picture(TensorRange range, Histogram histogram)
    {
        var caption = string.Create(CultureInfo.InvariantCulture, $"{range.Quantizer}: {range.Method}, largest value {range.Maximum:G4}, clipped {100 * range.ClippedShare ?? 0:G3} %");
        return new ReportFigure(caption, HistogramSvg.Draw(caption, histogram.Counts, histogram.Width, range.Amax));
    }
}
