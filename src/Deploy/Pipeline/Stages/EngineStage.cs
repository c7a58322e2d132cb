using Deploy.Engines.OnnxRuntime;
using Quant.Core.Quantization;

namespace Deploy.Pipeline.Stages;

/// <summary>Builds the engines with TensorRT where trtexec is found, else ONNX Runtime's CPU form; the result says which.</summary>
internal static class EngineStage
{
    public static StageStep Step { get; } = new(
        Stage.Engine,
        [Stage.Export],
        // Without a known GPU no earlier engine is used again.
        context => new { context.Config.BackendConfig, context.Config.Components, context.Config.Verification, context.Backend, CpuEngineBuilder.HasVnni, context.Threads, Once = context.Backend is { Trtexec: not null, Gpu: null } ? Guid.NewGuid() : Guid.Empty },
        Run)
    {
        SkipReason = context => context.Backend.Backend == "onnxruntime" ? InsertStage.QuantizationOff(context) : null,
    };

    private static IReadOnlyList<string> Run(PipelineContext context)
    {
        var choice = context.Backend;
        context.Log.Info($"  backend {choice.Backend}: {choice.Reason}");
        Directory.CreateDirectory(context.Work["engine"]);
        File.Delete(context.Work[EngineOutputs.FileName]);
        var (engines, more) = choice.Backend == "tensorrt" ? TensorRt(context, choice) : (new Dictionary<string, EngineEntry> { ["int8_cpu"] = BuildCpu(context) }, []);
        var file = context.Work["engine.json"];
        JsonFile.Write(file, new EngineReport(choice.Backend, choice.Reason, engines));
        return [file, .. engines.Values.SelectMany(engine => engine.Files).Select(name => context.Work[name]), .. more];
    }

    private static (Dictionary<string, EngineEntry> Engines, IReadOnlyList<string> More) TensorRt(PipelineContext context, BackendChoice choice)
    {
        var precisions = EngineJobs.Precisions(context.Config);
        var jobs = precisions.SelectMany(precision => EngineJobs.Of(context.Config, precision, context.Work[$"onnx/{precision}"], context.Work[$"engine/{precision}"])).ToList();
        string Folder(string precision) => context.Work[$"engine/{precision}"];
        List<string> more = [.. precisions.SelectMany(precision => AutowareFiles.Write(context.Config, precision, context.Work[$"onnx/{precision}"], Folder(precision), context.Log))];
        if (choice.Bundle is { } bundle)
        {
            var imported = TensorRtEngines.Import(bundle, jobs, context.Log);
            more.AddRange(precisions.Contains("int8") ? EngineOutputs.CompareImported(context, imported) : []);
            return (TensorRtEngines.Entries(imported.Build, context.Work.Root, Folder), more);
        }

        var built = TensorRtEngines.Build(choice, jobs, context.Config.BackendConfig.CommonConfig, context.Log, context.Cancel);
        more.AddRange(precisions.Contains("int8") ? EngineOutputs.Compare(context) : []);
        return (TensorRtEngines.Entries(built, context.Work.Root, Folder), more);
    }

    private static EngineEntry BuildCpu(PipelineContext context)
    {
        using var model = context.LoadModel(QuantizedResult.Weights(context));
        model.To(TorchSharp.torch.CPU);
        var table = JsonFile.Read<QuantizerTable>(context.Work[QuantizedResult.Table(context)]);
        var options = new OrtOptions(Optimize: true, Threads: context.Threads);
        var components = new[]
        {
            (model.Encoder, context.Config.Components.PtsVoxelEncoder.OnnxFile),
            (model.Dense, context.Config.Components.PtsBackboneNeckHead.OnnxFile),
        };
        var (integer, floating, files) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var (graph, name) in components)
        {
            var file = context.Work[$"engine/int8_cpu/{name}"];
            var count = CpuEngineBuilder.Build(graph, table, file, options, context.Config.OnnxConfig.RotYAxisReference && ReferenceEquals(graph, model.Dense));
            integer.AddRange(count.IntegerLayers);
            floating.AddRange(count.FloatLayers);
            files.Add(context.Work.Relative(file));
        }

        context.Log.Info($"  int8_cpu: {integer.Count} of {integer.Count + floating.Count} layers run as integer{(CpuEngineBuilder.HasVnni ? "" : " (7-bit weights: this CPU has no VNNI)")}");
        return new EngineEntry(files, files.Sum(name => new FileInfo(context.Work[name]).Length))
        {
            IntegerLayers = integer,
            FloatLayers = floating,
            WeightBits = CpuEngineBuilder.HasVnni ? 8 : 7,
            Runtime = $"onnxruntime {Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetVersionString()}",
        };
    }
}
