using System.Globalization;
using Deploy.Engines.TensorRt.Audits;
using Deploy.Reporting;
using Quant.Core.Calibration;
using Quant.Core.Quantization;

namespace Deploy.Pipeline.Reports;

/// <summary>One row per layer: quantized or kept and why, range, error before correction, share of the INT8 engine's time.</summary>
internal static class LayersSection
{
    public static IReadOnlyList<ReportBlock> Blocks(PipelineContext context, IReadOnlyDictionary<string, EngineAudit> audits)
    {
        if (ReportAssembly.Optional<QuantizerTable>(context, QuantizedResult.Table(context)) is not { } table)
        {
            return [new ReportNote("No layer is quantized: quantization.json is missing.")];
        }

        var shifts = (ReportAssembly.Optional<BiasCorrectionResult>(context, "bias_correction.json")?.Layers ?? []).ToDictionary(layer => layer.Name, layer => layer.MeanErrorBefore);
        var times = audits.Where(audit => audit.Key.StartsWith("int8/", StringComparison.Ordinal)).SelectMany(audit => audit.Value.Layers).Where(layer => layer.Ms is not null).ToList();
        var total = times.Sum(layer => layer.Ms!.Value);
        var quantized = table.Layers.Count(layer => layer.Quantized);
        return
        [
            new ReportNote($"{quantized} of {table.Layers.Count} layers are INT8, {table.Layers.Count - quantized} are kept in float."),
            new ReportTable(
                "Layers in execution order",
                ["layer", "kind", "precision", "input amax", "method", "largest weight amax", "mean error", "time share"],
                [.. table.Layers.Select(layer => (IReadOnlyList<string>)
                [
                    layer.Name,
                    layer.Kind.ToString(),
                    layer.Quantized ? "INT8" : $"kept: {layer.Reason}",
                    Or(ReportText.Number(layer.Input?.Amax)),
                    layer.Input?.Method ?? "–",
                    Or(ReportText.Number(layer.Weight?.Amax.DefaultIfEmpty().Max())),
                    shifts.TryGetValue(layer.Name, out var shift) ? ReportText.Number(shift) : "–",
                    total > 0 ? string.Create(CultureInfo.InvariantCulture, $"{100 * times.Where(time => Mentions(time.Name, layer.Name)).Sum(time => time.Ms!.Value) / total:F1} %") : "–",
                ])],
                $"Mean error: mean over channels of the output's mean quantization error, before bias correction removed it. {(total > 0 ? "Time share: of the INT8 engines' profile; a fused engine layer counts for each layer it names." : "Time share: no profile, since TensorRT did not run.")}") { InShort = false },
        ];
    }

    /// <summary>True when an engine layer's name holds a layer's name as a whole.</summary>
    internal static bool Mentions(string engineLayer, string name)
    {
        for (var at = engineLayer.IndexOf(name, StringComparison.Ordinal); at >= 0; at = engineLayer.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            var after = at + name.Length;
            if (after == engineLayer.Length || !(char.IsAsciiLetterOrDigit(engineLayer[after]) || engineLayer[after] == '_'))
            {
                return true;
            }
        }

        return false;
    }

    private static string Or(string text) => text.Length > 0 ? text : "–";
}
