using System.Globalization;
using Deploy.Configuration;
using Deploy.Engines.TensorRt;

namespace Deploy.Pipeline;

/// <summary>Builds the FP16 and INT8 engines of both components with trtexec and times them in turn.</summary>
internal static class TensorRtEngines
{
    public static Dictionary<string, EngineEntry> Build(PipelineContext context, string trtexec)
    {
        var common = context.Config.BackendConfig.CommonConfig;
        var precisions = context.Config.Quantization.Enabled ? new[] { "fp16", "int8" } : ["fp16"];
        var result = TensorRtEngineBuilder.Build(
            new EngineBuildRequest
            {
                Trtexec = trtexec,
                Jobs = [.. precisions.SelectMany(precision => Jobs(context, precision))],
                WorkspaceBytes = common.MaxWorkspaceSize,
                TimingCache = common.TimingCache,
                OptimizationLevel = common.BuilderOptimizationLevel,
                Timeout = TimeSpan.FromSeconds(common.Timeout),
                Gpu = GpuIdentity.Query(context.Cancel),
                Line = context.Log.Detail,
            },
            context.Cancel);
        foreach (var engine in result.Engines)
        {
            Tell(context, engine);
            JsonFile.Write($"{engine.Engine}.json", engine);
        }

        return precisions.ToDictionary(precision => precision, precision => Entry(context, result, [.. result.Engines.Where(engine => engine.Name.StartsWith($"{precision}/", StringComparison.Ordinal))]));
    }

    private static void Tell(PipelineContext context, BuiltEngine engine)
    {
        context.Log.Info($"  {engine.Name}: {(engine.Cache.Fresh ? "" : "built, ")}{engine.Cache.Reason}");
        foreach (var note in engine.Notes)
        {
            context.Log.Info($"    {note}");
        }

        if (engine.Times.RoundMediansMs is { Count: > 0 } medians)
        {
            context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"    GPU compute {medians.Min():F3}…{medians.Max():F3} ms (medians of {medians.Count} rounds){(engine.Times.Unstable ? ", unstable" : "")}"));
        }
    }

    private static EngineEntry Entry(PipelineContext context, EngineBuildResult result, IReadOnlyList<BuiltEngine> engines) =>
        new([.. engines.Select(engine => context.Work.Relative(engine.Engine))], engines.Sum(engine => engine.Bytes))
        {
            Command = [.. engines.SelectMany(engine => engine.Command)],
            Runtime = $"tensorrt {result.Tensorrt}",
            RoundMediansMs = Rounds([.. engines.Select(engine => engine.Times.RoundMediansMs)]),
            Int8TimeShare = engines.All(engine => engine.Audit is { TotalMs: not null, Int8TimeShare: not null })
                ? engines.Sum(engine => engine.Audit!.Int8TimeShare * engine.Audit.TotalMs) / engines.Sum(engine => engine.Audit!.TotalMs)
                : null,
        };

    /// <summary>Components run one after the other, so a round's time is their sum.</summary>
    private static double[]? Rounds(IReadOnlyList<IReadOnlyList<double>?> components)
    {
        var rounds = components.Min(medians => medians?.Count ?? 0);
        return rounds == 0 ? null : [.. Enumerable.Range(0, rounds).Select(round => components.Sum(medians => medians![round]))];
    }

    private static IEnumerable<EngineJob> Jobs(PipelineContext context, string precision)
    {
        var (model, components, policy) = (context.Config.Model, context.Config.Components, PrecisionFlags.Parse(context.Config.BackendConfig.CommonConfig.PrecisionPolicy));
        var (points, features) = (model.MaxNumPoints, model.PtsVoxelEncoder.DecoratedChannels);
        // Autoware allocates max_voxels once and runs a fixed batch; AWML leaves the number of pillars open.
        var encoder = components.PtsVoxelEncoder.Profile == "awml"
            ? ShapeProfile.AwmlEncoder(model.MaxVoxels, points, features)
            : ShapeProfile.AutowareEncoder(model.MaxVoxels, points, features);
        var head = ShapeProfile.Head(model.PtsBackbone.InChannels, model.GridY, model.GridX);
        foreach (var (component, profile) in new[] { (components.PtsVoxelEncoder, encoder), (components.PtsBackboneNeckHead, head) })
        {
            yield return new EngineJob(
                $"{precision}/{component.EngineFile}",
                context.Work[$"onnx/{precision}/{component.OnnxFile}"],
                context.Work[$"engine/{precision}/{component.EngineFile}"],
                precision == "int8" ? policy : PrecisionPolicy.Fp16,
                [Given(component, profile)]);
        }
    }

    private static ShapeProfile Given(ComponentConfig component, ShapeProfile standard) =>
        component.TensorrtProfile?.FirstOrDefault(item => item.Key == standard.Input).Value is { } given
            ? new ShapeProfile(standard.Input, given.MinShape, given.OptShape, given.MaxShape)
            : standard;
}
