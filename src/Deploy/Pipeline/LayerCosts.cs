using System.Text.Json;
using Deploy.Engines.TensorRt.Exports;
using Microsoft.ML.OnnxRuntime;
using Quant.Core.Models;

namespace Deploy.Pipeline;

/// <summary>What each layer costs in float and in INT8.</summary>
/// <param name="Source"><c>engine profile</c> (TensorRT, FP16 against INT8), <c>onnxruntime node times</c> (this CPU, float against integer) or <c>macs</c>.</param>
/// <param name="Unit"><c>ms</c>, or <c>share</c>: 1 is all layers in INT8, an FP16 multiplication counted as two INT8 ones.</param>
/// <param name="Rest">What is no quantized layer's.</param>
/// <param name="Layers">By layer; FP16 is never counted cheaper than INT8.</param>
public sealed record LayerCosts(string Source, string Unit, double Rest, IReadOnlyDictionary<string, (double Fp16, double Int8)> Layers)
{
    private const string Dense = "pts_backbone_neck_head";
    private const int Rounds = 10;

    /// <summary>The cost of a plan.</summary>
    public double Of(IReadOnlyCollection<string> fp16) => Rest + Layers.Sum(layer => fp16.Contains(layer.Key) ? layer.Value.Fp16 : layer.Value.Int8);

    /// <summary>The best there is: profiles of both engines, else node times of both graphs, else multiplications.</summary>
    /// <param name="context">A run; its engine stage decides what there is.</param>
    /// <param name="names">The quantized layers.</param>
    /// <param name="macs">Multiplications by layer.</param>
    /// <param name="canvas">An input of the dense graph, for node times.</param>
    public static LayerCosts Measure(PipelineContext context, IReadOnlyCollection<string> names, IReadOnlyDictionary<string, double> macs, HostTensor canvas)
    {
        var (fp16, int8) = (Profile(context, "fp16"), Profile(context, "int8"));
        if (fp16 is not null && int8 is not null)
        {
            return Join("engine profile", names, fp16, int8);
        }

        var (plain, integer) = (context.Work[$"onnx/fp32/{Dense}.onnx"], context.Work[$"engine/int8_cpu/{Dense}.onnx"]);
        return File.Exists(plain) && File.Exists(integer)
            ? Join("onnxruntime node times", names, NodeTimes(plain, canvas, context.Threads), NodeTimes(integer, canvas, context.Threads))
            : OfMacs(names, macs);
    }

    /// <summary>Multiplications alone.</summary>
    public static LayerCosts OfMacs(IReadOnlyCollection<string> names, IReadOnlyDictionary<string, double> macs)
    {
        var total = Math.Max(names.Sum(name => macs.GetValueOrDefault(name)), double.Epsilon);
        return new LayerCosts("macs", "share", 0, names.ToDictionary(name => name, name => (2 * macs.GetValueOrDefault(name) / total, macs.GetValueOrDefault(name) / total)));
    }

    /// <summary>Joins times by node: a node belongs to the layer whose name begins its own, or the first of its fused parts.</summary>
    public static LayerCosts Join(string source, IReadOnlyCollection<string> names, IReadOnlyList<(string Node, double Ms)> fp16, IReadOnlyList<(string Node, double Ms)> int8)
    {
        var (plain, quantized) = (ByLayer(names, fp16), ByLayer(names, int8));
        var rest = int8.Sum(node => node.Ms) - quantized.Values.Sum();
        return new LayerCosts(source, "ms", rest, names.ToDictionary(name => name, name => (Math.Max(plain.GetValueOrDefault(name), quantized.GetValueOrDefault(name)), quantized.GetValueOrDefault(name))));
    }

    private static Dictionary<string, double> ByLayer(IReadOnlyCollection<string> names, IReadOnlyList<(string Node, double Ms)> nodes)
    {
        var times = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (node, ms) in nodes)
        {
            var layer = node.Split(" + ").Select(part => names.Where(name => part.Contains(name, StringComparison.Ordinal)).MaxBy(name => name.Length)).FirstOrDefault(name => name is not null);
            if (layer is not null)
            {
                times[layer] = times.GetValueOrDefault(layer) + ms;
            }
        }

        return times;
    }

    private static List<(string Node, double Ms)>? Profile(PipelineContext context, string precision)
    {
        var file = context.Work[$"engine/{precision}/{Dense}.engine.profile.json"];
        return File.Exists(file) ? [.. LayerProfile.Read(file).Layers.Select(layer => (layer.Name, layer.MedianMs ?? layer.AverageMs))] : null;
    }

    /// <summary>The median time of every node over some rounds.</summary>
    private static List<(string Node, double Ms)> NodeTimes(string model, HostTensor canvas, int threads)
    {
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL, IntraOpNumThreads = threads, EnableProfiling = true, ProfileOutputPathPrefix = Path.Combine(Path.GetTempPath(), $"deploy-{Path.GetRandomFileName()}") };
        using var session = new InferenceSession(model, options);
        using var input = OrtValue.CreateTensorValueFromMemory(canvas.Values, [.. canvas.Shape]);
        using var run = new RunOptions();
        for (var round = 0; round <= Rounds; round++)
        {
            session.Run(run, session.InputNames, [input], session.OutputNames).Dispose();
        }

        var file = session.EndProfiling();
        try
        {
            return NodeTimes(File.ReadAllText(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Reads a profile of ONNX Runtime; the first round, which allocates, is left out.</summary>
    public static List<(string Node, double Ms)> NodeTimes(string profile)
    {
        const string suffix = "_kernel_time";
        using var document = JsonDocument.Parse(profile);
        return [.. document.RootElement.EnumerateArray()
            .Where(item => item.TryGetProperty("cat", out var category) && category.GetString() == "Node" && item.GetProperty("name").GetString()!.EndsWith(suffix, StringComparison.Ordinal))
            .Select(item => (Name: item.GetProperty("name").GetString()![..^suffix.Length], Ms: item.GetProperty("dur").GetDouble() / 1000))
            .GroupBy(item => item.Name, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Skip(1).Select(item => item.Ms).DefaultIfEmpty(group.First().Ms).Order().ElementAt((group.Count() - 1) / 2)))];
    }
}
