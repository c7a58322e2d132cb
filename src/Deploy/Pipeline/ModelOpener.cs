using Deploy.Engines;
using Deploy.Engines.OnnxRuntime;
using Quant.Core.Checkpoints;
using Quant.Core.Export;
using Quant.Core.Fusion;
using Quant.Core.Models;
using Quant.Core.Quantization;

namespace Deploy.Pipeline;

/// <summary>Opens what a user names as a model: a folder with both ONNX files, one with both engines beside them, or a .pth (simulated in INT8 when it holds ranges).</summary>
internal sealed class ModelOpener : IDisposable
{
    private readonly List<IDisposable> owned = [];

    private ModelOpener(IDetectorModel model) => Model = model;

    public IDetectorModel Model { get; private set; }

    public static ModelOpener Open(PipelineContext context, string path)
    {
        var name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path));
        if (File.Exists(Path.Combine(path, context.Config.Components.PtsBackboneNeckHead.EngineFile)))
        {
            return new ModelOpener(DetectorFactory.Engine(context, $"{name}_trt", EngineJobs.Of(context.Config, name == "int8" ? name : "fp16", path, path)));
        }

        if (Directory.Exists(path))
        {
            var (encoder, dense) = (Path.Combine(path, context.Config.Components.PtsVoxelEncoder.OnnxFile), Path.Combine(path, context.Config.Components.PtsBackboneNeckHead.OnnxFile));
            // Signed Q/DQ runs as it is written; every other graph may be optimized.
            var signed = File.Exists(dense) && OnnxFile.Read(dense).Graph.Node.Any(node => node.OpType == "DequantizeLinear") && name != "int8_cpu";
            return new ModelOpener(new OrtDetector(name, encoder, dense, context.Config.Model, new OrtOptions(!signed, context.OnnxRuntimeCuda, context.Threads), context.Config.OnnxConfig.RotYAxisReference));
        }

        using var checkpoint = CheckpointReader.Read(path);
        var model = CenterPoint.Load(checkpoint.StateDict, context.Config.Model, path);
        model.To(context.Device);
        BatchNormFolder.Fold(model.Layers);
        var opener = new ModelOpener(new TorchDetector(name, model));
        if (QuantizedState.Table(model, checkpoint.StateDict) is { } table)
        {
            opener.owned.Add(QuantizedLayers.Attach(model, table));
        }

        opener.owned.Add(model);
        return opener;
    }

    public void Dispose()
    {
        Model.Dispose();
        owned.ForEach(item => item.Dispose());
    }
}
