using Deploy.Configuration;
using Deploy.Engines.TensorRt;

namespace Deploy.Pipeline;

/// <summary>What trtexec is asked to build from a config: both components of a precision, with their shapes.</summary>
internal static class EngineJobs
{
    /// <summary>Precisions of a config, the comparison's baseline first.</summary>
    public static IReadOnlyList<string> Precisions(DeployConfig config) => config.Quantization.Enabled ? ["fp16", "int8"] : ["fp16"];

    /// <summary>Encoder first, then backbone, neck and head.</summary>
    /// <param name="config">Components, model and precision policy.</param>
    /// <param name="precision"><c>fp16</c> or <c>int8</c>.</param>
    /// <param name="onnxFolder">Folder of both ONNX files.</param>
    /// <param name="engineFolder">Folder of both engines.</param>
    public static IReadOnlyList<EngineJob> Of(DeployConfig config, string precision, string onnxFolder, string engineFolder)
    {
        var (model, components, policy) = (config.Model, config.Components, PrecisionFlags.Parse(config.BackendConfig.CommonConfig.PrecisionPolicy));
        var (points, features) = (model.MaxNumPoints, model.PtsVoxelEncoder.DecoratedChannels);
        // Autoware allocates max_voxels once and runs a fixed batch; AWML leaves the number of pillars open.
        var encoder = components.PtsVoxelEncoder.Profile == "awml"
            ? ShapeProfile.AwmlEncoder(model.MaxVoxels, points, features)
            : ShapeProfile.AutowareEncoder(model.MaxVoxels, points, features);
        var head = ShapeProfile.Head(model.PtsBackbone.InChannels, model.GridY, model.GridX);
        return [.. new[] { (components.PtsVoxelEncoder, encoder), (components.PtsBackboneNeckHead, head) }.Select(item => new EngineJob(
            $"{precision}/{item.Item1.EngineFile}",
            Path.Combine(onnxFolder, item.Item1.OnnxFile),
            Path.Combine(engineFolder, item.Item1.EngineFile),
            precision == "int8" ? policy : PrecisionPolicy.Fp16,
            [Given(item.Item1, item.Item2)]))];
    }

    private static ShapeProfile Given(ComponentConfig component, ShapeProfile standard) =>
        component.TensorrtProfile?.FirstOrDefault(item => item.Key == standard.Input).Value is { } given
            ? new ShapeProfile(standard.Input, given.MinShape, given.OptShape, given.MaxShape)
            : standard;
}
