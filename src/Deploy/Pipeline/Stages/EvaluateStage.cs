using System.Globalization;
using Deploy.Engines;
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
        var results = Models(context).ToDictionary(name => name, name => Detect(context, name));
        var report = Report(context, results);
        return [.. Write(context, report, results), .. MeasureLatency(context, results.ContainsKey("int8_cpu"))];
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

    /// <summary>One model at a time: each keeps the memory of its largest frame while it is open.</summary>
    private static List<FrameResult> Detect(PipelineContext context, string name)
    {
        using var fused = name == "fp32" ? context.LoadModel("fused.pth") : null;
        using var model = fused is null ? DetectorFactory.Open(context, name) : new TorchDetector(name, fused);
        using var progress = context.Log.Progress($"evaluating {name}", context.Source("validation").Count);
        return [.. progress.Over(context.Frames("validation", int.MaxValue)).Select(item => new FrameResult(item.Frame.Token, item.Frame.Objects!, BoxDecoder.Decode(model.Run(item.Pillars), context.Config.Model)))];
    }

    private static EvaluationReport Report(PipelineContext context, Dictionary<string, List<FrameResult>> results)
    {
        var config = context.Config.Evaluation;
        var options = new MetricOptions(config.Metric, context.Config.Model.PtsBboxHead.ClassNames, config.ClassRanges);
        var evaluations = results.ToDictionary(model => model.Key, model => DetectionMetrics.Evaluate(model.Value, options));
        foreach (var (name, evaluation) in evaluations)
        {
            context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  {name,-9} mAP {100 * evaluation.Map:F2}  NDS {100 * evaluation.Nds:F2}"));
        }

        var reference = results.ContainsKey("fp32") ? "fp32" : results.Keys.First();
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

    private static string[] MeasureLatency(PipelineContext context, bool cpuForm)
    {
        var file = context.Work["latency.json"];
        File.Delete(file);
        if (!cpuForm)
        {
            return LatencyMeasurement.OfEngines(Engines(context), (ulong)context.Config.Seed) is { } engines ? Written(engines) : [];
        }

        // x86 runs FP16 convolutions as FP32 with casts, so the baseline is FP32 in the same runtime, on the CPU even where there is a GPU.
        using var candidate = DetectorFactory.Onnx(context, "int8_cpu");
        using var baseline = DetectorFactory.Onnx(context, context.Config.Latency.Baseline == "fp16" ? "fp16" : "fp32", onCpu: true);
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
