using System.Globalization;
using Deploy.Reporting;
using Quant.Core.Calibration;

namespace Deploy.Pipeline.Reports;

/// <summary>What bias correction did: each layer's error before and after as a picture, shifts as a table, and the channels of the layer that moved most.</summary>
internal static class CorrectionSection
{
    public static IReadOnlyList<ReportBlock> Blocks(PipelineContext context)
    {
        if (ReportAssembly.Optional<BiasCorrectionResult>(context, "bias_correction.json") is not { Layers: { Count: > 0 } layers } result || layers.Any(layer => layer?.Shift is null))
        {
            return [new ReportNote("No bias was corrected.") { InShort = false }];
        }

        var moved = layers.MaxBy(layer => layer.MeanErrorBefore)!;
        const string Errors = "Output error of each layer (float − INT8, root of the mean square): before its bias was shifted, and after";
        var channels = $"{moved.Name}, the layer that moved most: mean error of each channel before, which is its shift; after it is 0";
        return
        [
            new ReportFigure(Errors, ChartSvg.Pairs(Errors, ("before", "after"), [.. layers.Select(layer => (layer.Name, layer.RmsBefore, layer.RmsAfter))])) { Wide = true },
            new ReportFigure(channels, ChartSvg.Columns(channels, [.. moved.Shift.Select(shift => (double)shift)])) { Wide = true },
            new ReportTable(
                "Bias correction in execution order",
                ["layer", "channels", "mean |shift|", "largest shift", "error before", "error after"],
                [.. layers.Select(layer => (IReadOnlyList<string>)
                [
                    layer.Name,
                    layer.Shift.Count.ToString(CultureInfo.InvariantCulture),
                    ReportText.Number(layer.MeanErrorBefore),
                    ReportText.Number(layer.Shift.MaxBy(Math.Abs)),
                    ReportText.Number(layer.RmsBefore),
                    ReportText.Number(layer.RmsAfter),
                ])],
                $"Over {result.Frames} frames, with the layers before already corrected; what is left after is rounding that differs from cell to cell. bias_correction.json has the shift of every channel.") { InShort = false },
        ];
    }
}
