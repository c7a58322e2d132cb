using System.Globalization;
using Deploy.Gates;
using Deploy.Reporting;
using Quant.Core.Calibration;
using Quant.Core.Quantization;

namespace Deploy.Pipeline;

/// <summary>Reads a work directory's results into a report.</summary>
internal static class ReportAssembly
{
    public static ReportDocument Create(PipelineContext context)
    {
        var inputs = GateInputs.Load(context.Work.Root);
        var verdict = context.Gate is null ? "NOT GATED" : context.Gate.Pass ? "PASS" : "FAIL";
        var tables = new List<ReportTable?> { Gates(context.Gate), Accuracy(inputs.Evaluation), PerClass(inputs.Evaluation), Comparison(inputs.Comparison), Engines(context), Latency(inputs.Latency), Layers(context), Stages(context) };
        return new ReportDocument(context.Config.Name, verdict, Summary(context, inputs), [.. tables.OfType<ReportTable>()]);
    }

    private static List<string> Summary(PipelineContext context, GateInputs inputs)
    {
        var lines = new List<string> { $"checkpoint {Path.GetFileName(context.Config.CheckpointPath)} (SHA-256 {context.CheckpointDigest[..12]}…)" };
        if (Optional<EngineReport>(context, "engine.json") is { } engine)
        {
            lines.Add($"backend {engine.Backend}: {engine.Reason}");
            if (engine.Backend == "onnxruntime")
            {
                lines.Add("TensorRT was not run: the INT8 numbers are those of the signed Q/DQ graph in ONNX Runtime without optimizations; int8_cpu is ONNX Runtime's own CPU form with other levels, and its latency says nothing about a GPU");
            }
        }

        if (inputs.Evaluation is { } evaluation && evaluation.Models.ContainsKey("fp16"))
        {
            lines.Add($"metric {evaluation.Metric} over {evaluation.Frames} frames; the fp16 row is the FP16 ONNX file, which ONNX Runtime computes in FP32 with casts on x86");
        }

        return lines;
    }

    private static ReportTable? Gates(GateReport? gate) => gate is null ? null : new ReportTable(
        "Gates", ["check", "verdict", "detail"], [.. gate.Checks.Select(check => (IReadOnlyList<string>)[check.Name, check.Verdict.ToString().ToLowerInvariant(), check.Detail])]);

    private static ReportTable? Accuracy(StoredEvaluation? evaluation) => evaluation is null ? null : new ReportTable(
        "Accuracy (points)",
        ["model", "mAP", "drop", "NDS"],
        [.. evaluation.Models.Select(model => (IReadOnlyList<string>)
        [
            model.Key,
            Points(model.Value.Map),
            evaluation.Drops.FirstOrDefault(drop => drop.Candidate == model.Key)?.Map is { } map ? $"{Points(map.Value)} [{Points(map.Low)}, {Points(map.High)}]" : "",
            Points(model.Value.Nds),
        ])],
        "Drops are against the first row, with a 95 % interval of a paired bootstrap over frames.");

    private static ReportTable? PerClass(StoredEvaluation? evaluation) => evaluation is null ? null : new ReportTable(
        "AP per class (points)",
        ["model", .. evaluation.Models.Values.First().PerClass.Keys],
        [.. evaluation.Models.Select(model => (IReadOnlyList<string>)[model.Key, .. model.Value.PerClass.Values.Select(item => Points(item.Ap))])]);

    private static ReportTable? Comparison(StoredComparison? comparison) => comparison is null ? null : new ReportTable(
        $"INT8 against FP16, {comparison.Frames} frames",
        ["output", "value", "limit", "verdict"],
        [.. comparison.Outputs.Select(output => (IReadOnlyList<string>)[output.Name, Number(output.Value), Number(output.Tolerance), output.Value <= output.Tolerance ? "pass" : "fail"])]);

    private static ReportTable? Engines(PipelineContext context) => Optional<EngineReport>(context, "engine.json") is not { } report ? null : new ReportTable(
        "Engines",
        ["engine", "MiB", "integer layers", "built by"],
        [.. report.Engines.Select(engine => (IReadOnlyList<string>)
        [
            engine.Key,
            Number(engine.Value.Bytes / 1048576.0),
            engine.Value.IntegerLayers is { } integer ? $"{integer.Count} of {integer.Count + engine.Value.FloatLayers!.Count}" : engine.Value.Int8TimeShare is { } share ? $"{100 * share:F0} % of time" : "",
            engine.Value.Runtime ?? report.Backend,
        ])]);

    private static ReportTable? Latency(StoredLatency? latency) => latency is null ? null : new ReportTable(
        "Latency",
        ["model", "median ms", "variation", "samples"],
        [.. latency.Models.Select(model => (IReadOnlyList<string>)[model.Key, Number(model.Value.MedianMs), model.Value.Cv is { } cv ? $"{100 * cv:F1} %" : "", $"{model.Value.Samples}"])],
        latency.Speedup is { } speedup ? string.Create(CultureInfo.InvariantCulture, $"Speed-up of {latency.Candidate} over {latency.Baseline}: {speedup.Value:F2} [{speedup.Low:F2}, {speedup.High:F2}].") : null);

    private static ReportTable? Layers(PipelineContext context)
    {
        if (Optional<QuantizerTable>(context, "quantization.json") is not { } table)
        {
            return null;
        }

        var shifts = (Optional<BiasCorrectionResult>(context, "bias_correction.json")?.Layers ?? []).ToDictionary(layer => layer.Name, layer => layer.MeanErrorBefore);
        return new ReportTable(
            "Layers",
            ["layer", "int8", "input amax", "method", "mean bias shift"],
            [.. table.Layers.Select(layer => (IReadOnlyList<string>)
            [
                layer.Name,
                layer.Quantized ? "yes" : $"no: {layer.Reason}",
                Number(layer.Input?.Amax),
                layer.Input?.Method ?? "",
                shifts.TryGetValue(layer.Name, out var shift) ? Number(shift) : "",
            ])]);
    }

    private static ReportTable Stages(PipelineContext context) => new(
        "Time per stage",
        ["stage", "seconds"],
        [.. RunSummary.Of(context).Stages.Select(stage => (IReadOnlyList<string>)[stage.Key, stage.Value.ToString("F1", CultureInfo.InvariantCulture)])]);

    private static T? Optional<T>(PipelineContext context, string file)
        where T : class => File.Exists(context.Work[file]) ? JsonFile.Read<T>(context.Work[file]) : null;

    private static string Points(double? fraction) => fraction is { } value ? (100 * value).ToString("F2", CultureInfo.InvariantCulture) : "";

    private static string Number(double? value) => value is { } number ? number.ToString("G4", CultureInfo.InvariantCulture) : "";
}
