using System.Globalization;
using Deploy.Configuration;
using Deploy.Engines.TensorRt;

namespace Deploy.Pipeline;

/// <summary>Builds the FP16 and INT8 engines of both components with trtexec.</summary>
internal static class TensorRtEngines
{
    public static Dictionary<string, EngineEntry> Build(PipelineContext context, string trtexec)
    {
        var version = TrtexecRunner.Version(trtexec, context.Cancel);
        var engines = new Dictionary<string, EngineEntry>();
        foreach (var precision in context.Config.Quantization.Enabled ? new[] { "fp16", "int8" } : ["fp16"])
        {
            var files = new List<string>();
            var command = new List<string>();
            foreach (var (component, profile) in Components(context))
            {
                var common = context.Config.BackendConfig.CommonConfig;
                var request = new EngineRequest(
                    context.Work[$"onnx/{precision}/{component.OnnxFile}"],
                    context.Work[$"engine/{precision}/{component.EngineFile}"],
                    precision == "int8" ? common.PrecisionPolicy : version.Major >= 11 ? "strongly_typed" : "fp16",
                    profile,
                    common.MaxWorkspaceSize,
                    common.TimingCache,
                    common.BuilderOptimizationLevel);
                context.Log.Info($"  building {precision}/{component.EngineFile} with TensorRT {version}");
                var (arguments, reading) = TrtexecRunner.Build(trtexec, request, version, TimeSpan.FromSeconds(common.Timeout), context.Log.Detail, context.Cancel);
                JsonFile.Write(context.Work[$"engine/{precision}/{component.EngineFile}.json"], reading);
                files.Add(context.Work.Relative(request.Engine));
                command.AddRange([trtexec, .. arguments]);
                if (reading.GpuComputeMs?.GetValueOrDefault("median") is { } median)
                {
                    context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  GPU compute median {median:F3} ms{(reading.Unstable ? " (unstable)" : "")}"));
                }
            }

            engines[precision] = new EngineEntry(files, files.Sum(file => new FileInfo(context.Work[file]).Length)) { Command = command, Runtime = $"tensorrt {version}" };
        }

        return engines;
    }

    private static IEnumerable<(ComponentConfig Component, ShapeProfile Profile)> Components(PipelineContext context)
    {
        var (model, components) = (context.Config.Model, context.Config.Components);
        var (points, features) = (model.MaxNumPoints, model.PtsVoxelEncoder.DecoratedChannels);
        int[] Pillars(int count) => [count, points, features];
        // Autoware allocates max_voxels once and runs a fixed batch; AWML leaves the number of pillars open.
        var encoder = components.PtsVoxelEncoder.Profile == "awml"
            ? new ShapeProfile("input_features", Pillars(Math.Min(1000, model.MaxVoxels)), Pillars(Math.Min(20000, model.MaxVoxels)), Pillars(model.MaxVoxels))
            : new ShapeProfile("input_features", Pillars(model.MaxVoxels), Pillars(model.MaxVoxels), Pillars(model.MaxVoxels));
        int[] canvas = [1, model.PtsBackbone.InChannels, model.GridY, model.GridX];
        yield return (components.PtsVoxelEncoder, Given(components.PtsVoxelEncoder, encoder));
        yield return (components.PtsBackboneNeckHead, Given(components.PtsBackboneNeckHead, new ShapeProfile("spatial_features", canvas, canvas, canvas)));
    }

    private static ShapeProfile Given(ComponentConfig component, ShapeProfile standard) =>
        component.TensorrtProfile?.FirstOrDefault(item => item.Key == standard.Input).Value is { } given
            ? new ShapeProfile(standard.Input, given.MinShape, given.OptShape, given.MaxShape)
            : standard;
}
