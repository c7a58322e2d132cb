using System.Globalization;
using Deploy.Engines;
using Deploy.Engines.OnnxRuntime;
using Deploy.Evaluation;
using Quant.Core.Models;

namespace Deploy.Pipeline.Stages;

/// <summary>Measures every model on the validation frames and the latency of the CPU form.</summary>
internal static class EvaluateStage
{
    public static StageStep Step { get; } = new(
        Stage.Evaluate,
        [Stage.Export, Stage.Engine],
        context => new { context.Config.Evaluation, context.Config.Latency, context.Config.Seed, context.ValidationDigest, context.Config.Model.TestCfg, context.Config.Dataset, context.DeviceName, context.OnnxRuntimeCuda, context.Threads },
        Run);

    private static IReadOnlyList<string> Run(PipelineContext context)
    {
        context.LabelledValidation();
        using var fused = context.LoadModel("fused.pth");
        var models = Models(context).Select(name => name == "fp32" ? new TorchDetector(name, fused) : DetectorFactory.Open(context, name)).ToList();
        try
        {
            var results = Detect(context, models);
            var report = Report(context, models, results);
            var files = Write(context, report, results);
            return [.. files, .. MeasureLatency(context, models)];
        }
        finally
        {
            models.ForEach(model => model.Dispose());
        }
    }

    private static List<string> Models(PipelineContext context)
    {
        var names = context.Config.Evaluation.Models.Where(name => context.Config.Quantization.Enabled || !name.StartsWith("int8", StringComparison.Ordinal)).ToList();
        if (Engines(context).ContainsKey("int8_cpu"))
        {
            names.Add("int8_cpu");
        }

        return [.. names.Distinct()];
    }

    private static Dictionary<string, List<FrameResult>> Detect(PipelineContext context, List<IDetectorModel> models)
    {
        var results = models.ToDictionary(model => model.Name, _ => new List<FrameResult>());
        using var progress = context.Log.Progress($"evaluating {string.Join(", ", results.Keys)}", context.Source("validation").Count);
        foreach (var (frame, pillars) in progress.Over(context.Frames("validation", int.MaxValue)))
        {
            foreach (var model in models)
            {
                results[model.Name].Add(new FrameResult(frame.Token, frame.Objects!, BoxDecoder.Decode(model.Run(pillars), context.Config.Model)));
            }
        }

        return results;
    }

    private static EvaluationReport Report(PipelineContext context, List<IDetectorModel> models, Dictionary<string, List<FrameResult>> results)
    {
        var config = context.Config.Evaluation;
        var options = new MetricOptions(config.Metric, context.Config.Model.PtsBboxHead.ClassNames, config.ClassRanges);
        var evaluations = models.ToDictionary(model => model.Name, model => DetectionMetrics.Evaluate(results[model.Name], options));
        foreach (var (name, evaluation) in evaluations)
        {
            context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  {name,-9} mAP {100 * evaluation.Map:F2}  NDS {100 * evaluation.Nds:F2}"));
        }

        var reference = results.ContainsKey("fp32") ? "fp32" : models[0].Name;
        return new EvaluationReport
        {
            Metric = config.Metric,
            Frames = results[reference].Count,
            ClassRanges = config.ClassRanges,
            Models = evaluations,
            Drops = [.. results.Keys.Where(name => name != reference).Select(name =>
                PairedBootstrap.Drops(reference, results[reference], name, results[name], options, seed: (ulong)context.Config.Seed))],
        };
    }

    private static IEnumerable<string> Write(PipelineContext context, EvaluationReport report, Dictionary<string, List<FrameResult>> results)
    {
        var classes = context.Config.Model.PtsBboxHead.ClassNames;
        foreach (var (name, frames) in results)
        {
            yield return Stored($"detections/{name}.json", stream => DetectionsJson.WriteDetections(stream, name, classes, frames));
        }

        yield return Stored("detections/ground_truth.json", stream => DetectionsJson.WriteTruth(stream, classes, results.Values.First()));
        AtomicFile.Write(context.Work["evaluation.json"], EvaluationJson.Serialize(report));
        yield return context.Work["evaluation.json"];

        string Stored(string file, Action<Stream> write)
        {
            AtomicFile.Write(context.Work[file], temporary =>
            {
                using var stream = File.Create(temporary);
                write(stream);
            });
            return context.Work[file];
        }
    }

    private static string[] MeasureLatency(PipelineContext context, List<IDetectorModel> models)
    {
        var candidate = models.OfType<OrtDetector>().FirstOrDefault(model => model.Name == "int8_cpu");
        var file = context.Work["latency.json"];
        File.Delete(file);
        if (candidate is null)
        {
            return LatencyMeasurement.OfEngines(Engines(context), (ulong)context.Config.Seed) is { } engines ? Written(engines) : [];
        }

        // x86 runs FP16 convolutions as FP32 with casts, so on a CPU the baseline is FP32 in the same runtime.
        using var baseline = DetectorFactory.Onnx(context, context.Config.Latency.Baseline == "fp16" ? "fp16" : "fp32");
        var frames = context.Frames("validation", 4).Select(item => item.Pillars).ToList();
        using var progress = context.Log.Progress($"timing {candidate.Name} against {baseline.Name}", context.Config.Latency.Warmup + context.Config.Latency.Iterations);
        var report = LatencyMeasurement.Interleaved(context.Clock, baseline, candidate, frames, context.Config.Latency, (ulong)context.Config.Seed, progress.Step);
        Written(report);
        foreach (var (what, part) in new[] { ("whole network", ""), ("dense part", LatencyMeasurement.Dense) })
        {
            var (fast, slow) = (report.Models[candidate.Name + part].MedianMs, report.Models[baseline.Name + part].MedianMs);
            context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  {what}: {candidate.Name} {fast:F1} ms, {baseline.Name} {slow:F1} ms, {slow / fast:F2}x (ONNX Runtime on this CPU)"));
        }

        return [file];

        string[] Written(LatencyReport result)
        {
            AtomicFile.Write(file, EvaluationJson.Serialize(result));
            return [file];
        }
    }

    private static IReadOnlyDictionary<string, EngineEntry> Engines(PipelineContext context) =>
        File.Exists(context.Work["engine.json"]) ? JsonFile.Read<EngineReport>(context.Work["engine.json"]).Engines : new Dictionary<string, EngineEntry>();
}
