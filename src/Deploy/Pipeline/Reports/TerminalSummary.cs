using System.Globalization;
using Deploy.Gates;
using Deploy.Reporting;
using Quant.Core.Quantization;

namespace Deploy.Pipeline.Reports;

/// <summary>The last lines of a run: what a reader wants to know before opening the report.</summary>
internal static class TerminalSummary
{
    public static IReadOnlyList<IReadOnlyList<string>> Rows(PipelineContext context)
    {
        var inputs = GateInputs.Load(context.Work.Root);
        var engines = ReportAssembly.Optional<EngineReport>(context, "engine.json");
        (string What, string? Value)[] rows =
        [
            ("verdict", Verdict(context)),
            ("mAP", Accuracy(inputs.Evaluation, model => model.Map)),
            ("NDS", Accuracy(inputs.Evaluation, model => model.Nds)),
            ("mAP drop", Drop(inputs)),
            ("comparison", Comparison(inputs.Comparison)),
            ("on TensorRT", Comparison(inputs.EngineComparison)),
            ("latency", Latency(inputs.Latency)),
            ("INT8 layers", Layers(context)),
            ("size", Size(engines)),
            ("backend", engines is null ? null : engines.Backend == "onnxruntime" ? "onnxruntime; TensorRT was not run" : engines.Backend),
            ("time", string.Create(CultureInfo.InvariantCulture, $"{RunSummary.Of(context).Stages.Values.Sum():F0} s in all stages")),
            ("report", Shorter(context.Work["report.html"])),
        ];
        return [.. rows.Where(row => row.Value is { Length: > 0 }).Select(row => (IReadOnlyList<string>)[row.What, row.Value!])];
    }

    /// <summary>Relative to the current folder when it lies inside.</summary>
    private static string Shorter(string path) => Path.GetRelativePath(".", path) is var relative && relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;

    private static string Verdict(PipelineContext context)
    {
        var failed = context.Gate?.Checks.Where(check => check.Verdict != GateVerdict.Pass).Select(check => $"{check.Name} ({check.Verdict.ToString().ToLowerInvariant()})").ToList();
        return $"{ReportAssembly.Verdict(context)}  {context.Config.Name}{(failed is { Count: > 0 } ? $": {string.Join(", ", failed)}" : "")}";
    }

    private static string? Accuracy(StoredEvaluation? evaluation, Func<StoredModel, double?> value) =>
        evaluation is null ? null : string.Join(", ", evaluation.Models.Where(model => value(model.Value) is not null).Select(model => $"{model.Key} {ReportText.Points(value(model.Value))}"));

    private static string? Drop(GateInputs inputs) =>
        inputs.Evaluation?.Drops.FirstOrDefault(drop => drop.Candidate == inputs.Candidate) is { Map: { } map } found
            ? $"{ReportText.Points(map.Value)} points from {found.Reference} to {found.Candidate}, 95 % [{ReportText.Points(map.Low)}, {ReportText.Points(map.High)}], {inputs.Evaluation.Frames} frames"
            : null;

    private static string? Comparison(StoredComparison? comparison) =>
        comparison?.Outputs.Where(output => output.Value is not null).MaxBy(output => output.Value / output.Tolerance) is { } worst
            ? $"{(comparison.Pass ? "within" : "beyond")} tolerance; worst is {worst.Name} with {ReportText.Number(worst.Value)} of {ReportText.Number(worst.Tolerance)}"
            : null;

    private static string? Latency(StoredLatency? latency)
    {
        if (latency is null)
        {
            return null;
        }

        var times = string.Join(", ", new[] { latency.Baseline, latency.Candidate }.Where(latency.Models.ContainsKey).Select(name => $"{name} {ReportText.Number(latency.Models[name].MedianMs)} ms"));
        return latency.Speedup is { } speedup ? string.Create(CultureInfo.InvariantCulture, $"{times}: {speedup.Value:F2}x [{speedup.Low:F2}, {speedup.High:F2}]") : times;
    }

    private static string? Layers(PipelineContext context) =>
        context.Config.Quantization.Enabled && ReportAssembly.Optional<QuantizerTable>(context, QuantizedResult.Table(context)) is { } table ? $"{table.Layers.Count(layer => layer.Quantized)} of {table.Layers.Count}" : null;

    private static string? Size(EngineReport? engines) =>
        engines is null ? null : string.Join(", ", engines.Engines.Select(engine => $"{engine.Key} {ReportText.Number(engine.Value.Bytes / 1048576.0)} MiB"));
}
