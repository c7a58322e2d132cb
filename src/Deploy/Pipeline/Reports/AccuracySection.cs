using System.Globalization;
using Deploy.Evaluation;
using Deploy.Gates;
using Deploy.Reporting;

namespace Deploy.Pipeline.Reports;

/// <summary>One row per model: accuracy, latency and size; then AP per class and mAP per range.</summary>
internal static class AccuracySection
{
    private static readonly string[] Always = ["fp32", "fp16", "int8"];

    public static IReadOnlyList<ReportBlock> Blocks(PipelineContext context, GateInputs inputs, EngineReport? engines)
    {
        if (inputs.Evaluation is not { } evaluation)
        {
            return [new ReportNote("Accuracy was not measured: the evaluate stage left no evaluation.json.")];
        }

        return [Overview(context, evaluation, inputs.Latency, engines), PerClass(evaluation), .. Ranges(context, evaluation), .. Latency(inputs.Latency)];
    }

    private static ReportTable Overview(PipelineContext context, StoredEvaluation evaluation, StoredLatency? latency, EngineReport? engines) => new(
        "Models (accuracy in points)",
        ["model", "mAP", "drop of mAP", "NDS", "median ms", "MiB"],
        [.. Always.Concat(evaluation.Models.Keys).Distinct().Select(name => (IReadOnlyList<string>)
        [
            name,
            evaluation.Models.TryGetValue(name, out var model) ? Or(ReportText.Points(model.Map), "not defined") : "not evaluated (evaluation.models)",
            evaluation.Drops.FirstOrDefault(drop => drop.Candidate == name)?.Map is { } map ? $"{ReportText.Points(map.Value)} [{ReportText.Points(map.Low)}, {ReportText.Points(map.High)}]" : "–",
            Or(ReportText.Points(model?.Nds), model is null ? "–" : $"{evaluation.Metric} has none"),
            latency?.Models.TryGetValue(name, out var times) == true ? ReportText.Number(times.MedianMs) : WhyNoTime(name, engines),
            Size(context, name, engines),
        ])],
        "Drops are against the first row, with a 95 % interval of a paired bootstrap over frames. Sizes are those of the engine where one was built, else of the ONNX files.");

    private static string WhyNoTime(string name, EngineReport? engines) => engines switch
    {
        null => "no engine stage",
        { Backend: "onnxruntime" } when name is "fp16" or "int8" => "no TensorRT here",
        { Backend: "tensorrt" } when name == "fp32" => "no FP32 engine",
        _ => "not timed",
    };

    private static string Size(PipelineContext context, string name, EngineReport? engines)
    {
        if (engines?.Engines.TryGetValue(name, out var engine) == true)
        {
            return $"{Mebibytes(engine.Bytes)} (engine)";
        }

        var folder = context.Work[$"onnx/{name}"];
        return Directory.Exists(folder) ? $"{Mebibytes(Directory.EnumerateFiles(folder).Sum(file => new FileInfo(file).Length))} (ONNX)" : "not exported";
    }

    private static ReportTable PerClass(StoredEvaluation evaluation) => new(
        "AP per class (points)",
        ["model", .. evaluation.Models.Values.SelectMany(model => model.PerClass.Keys).Distinct()],
        [.. evaluation.Models.Select(model => (IReadOnlyList<string>)
        [
            model.Key,
            .. evaluation.Models.Values.SelectMany(other => other.PerClass.Keys).Distinct().Select(name => Or(ReportText.Points(model.Value.PerClass.GetValueOrDefault(name)?.Ap), "–")),
        ])]);

    private static IReadOnlyList<ReportBlock> Ranges(PipelineContext context, StoredEvaluation evaluation) => evaluation.Models.Values.Any(model => model.Buckets.Count > 0)
        ? [Table("mAP per range (points)", evaluation.Models.Select(model => (model.Key, model.Value.Buckets.Select(bucket => (bucket.Min, bucket.Max, bucket.Map)))), null)]
        : ReportAssembly.Tolerant(context, () => Recomputed(context, evaluation));

    /// <summary>nuScenes has no ranges, so T4MetricV2 measures the stored detections once more.</summary>
    private static IReadOnlyList<ReportBlock> Recomputed(PipelineContext context, StoredEvaluation evaluation)
    {
        var truth = DetectionsJson.Read(context.Work[$"detections/{DetectionsJson.GroundTruthName}.json"]);
        var options = new MetricOptions(MetricOptions.T4V2, truth.ClassNames, null);
        var rows = evaluation.Models.Keys.Select(name => (name, DetectionMetrics.Evaluate(DetectionsJson.Join(truth, DetectionsJson.Read(context.Work[$"detections/{name}.json"])), options).Buckets!.Select(bucket => (bucket.Min, bucket.Max, bucket.Map)))).ToList();
        return [Table("mAP per range (points, T4MetricV2)", rows, "The nuScenes metric knows no ranges: these are T4MetricV2's, over the same detections, and compare among themselves only.")];
    }

    private static ReportTable Table(string title, IEnumerable<(string Name, IEnumerable<(double Min, double Max, double? Map)> Buckets)> models, string? note)
    {
        var rows = models.Select(model => (model.Name, Buckets: model.Buckets.ToList())).ToList();
        var columns = rows.SelectMany(row => row.Buckets.Select(bucket => (bucket.Min, bucket.Max))).Distinct().ToList();
        return new ReportTable(
            title,
            ["model", .. columns.Select(column => string.Create(CultureInfo.InvariantCulture, $"{column.Min:0.#}–{column.Max:0.#} m"))],
            [.. rows.Select(row => (IReadOnlyList<string>)[row.Name, .. columns.Select(column => Or(ReportText.Points(row.Buckets.Find(bucket => (bucket.Min, bucket.Max) == column).Map), "no objects"))])],
            note);
    }

    private static IReadOnlyList<ReportBlock> Latency(StoredLatency? latency) => latency is null ? [] :
    [
        new ReportTable(
            "Latency",
            ["model", "median ms", "variation", "samples"],
            [.. latency.Models.Select(model => (IReadOnlyList<string>)[model.Key, ReportText.Number(model.Value.MedianMs), model.Value.Cv is { } cv ? string.Create(CultureInfo.InvariantCulture, $"{100 * cv:F1} %") : "", $"{model.Value.Samples}"])],
            latency.Speedup is { } speedup ? string.Create(CultureInfo.InvariantCulture, $"Speed-up of {latency.Candidate} over {latency.Baseline}: {speedup.Value:F2} [{speedup.Low:F2}, {speedup.High:F2}].") : null),
    ];

    private static string Mebibytes(long bytes) => ReportText.Number(bytes / 1048576.0);

    private static string Or(string text, string otherwise) => text.Length > 0 ? text : otherwise;
}
