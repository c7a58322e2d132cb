using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Models;

/// <summary>A pillar CenterPoint: the voxel encoder and the dense part as two layer graphs, joined by the scatter.</summary>
public sealed class CenterPoint : IDisposable
{
    private CenterPoint(ModelConfig config, LayerGraph encoder, LayerGraph dense)
    {
        (Config, Encoder, Dense) = (config, encoder, dense);
        Layers = [.. encoder.Layers, .. dense.Layers];
    }

    /// <summary>The section it was built from.</summary>
    public ModelConfig Config { get; }

    /// <summary><c>input_features</c> [P, M, F] → <c>pillar_features</c> [P, 1, C].</summary>
    public LayerGraph Encoder { get; }

    /// <summary><c>spatial_features</c> [B, C, gridY, gridX] → head outputs.</summary>
    public LayerGraph Dense { get; }

    /// <summary>Every layer in execution order.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>The layer of that name.</summary>
    public Layer this[string name] => Layers.First(layer => layer.Name == name);

    /// <summary>Builds the model and fills it from a state dict.</summary>
    /// <param name="state">With norms, or with norms folded into biases.</param>
    /// <param name="config">Every dimension.</param>
    /// <param name="source">The file to name in errors.</param>
    /// <exception cref="QuantException">QNT0210: all keys that are missing, unknown or of another shape. QNT0211: a type this program does not build. QNT0230: backbone stages that do not fit together.</exception>
    public static CenterPoint Load(StateDict state, ModelConfig config, string source) => Build(new LayerLoader(state), config, source);

    /// <summary>Builds the model with the weights that a training starts from.</summary>
    /// <param name="config">Every dimension.</param>
    /// <param name="seed">Equal seeds give equal weights.</param>
    /// <param name="source">The config file to name in errors.</param>
    /// <exception cref="QuantException">QNT0211, QNT0230 as <see cref="Load"/>.</exception>
    public static CenterPoint Create(ModelConfig config, int seed, string source)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Build(new LayerLoader(new StateDict([]), new WeightInitializer(seed, config.PtsBackbone.LayerScaleInitValue)), config, source);
    }

    private static CenterPoint Build(LayerLoader loader, ModelConfig config, string source)
    {
        ArgumentNullException.ThrowIfNull(config);
        CheckTypes(config, source);
        using var scope = NewDisposeScope();
        var encoder = PillarFeatureNet.Build(loader, config.PtsVoxelEncoder);
        var dense = new GraphBuilder("pts_backbone_neck_head", "spatial_features");
        var stages = config.PtsBackbone.Type == ConvNextBackbone.Type
            ? ConvNextBackbone.Append(dense, loader, config.PtsBackbone)
            : SecondBackbone.Append(dense, loader, config.PtsBackbone);
        var pyramid = SecondFpn.Append(dense, loader, config.PtsNeck, stages, config.PtsBackbone.OutputChannels);
        CenterHead.Append(dense, loader, config.PtsBboxHead, pyramid, config.PtsNeck.OutChannels.Sum());
        loader.ThrowIfIncomplete(source);
        scope.Detach(scope.DisposablesView.OfType<Tensor>());
        return new CenterPoint(config, encoder, dense.Build());
    }

    /// <summary>Weights, biases and layer scales under their checkpoint names (norms without folding keep theirs).</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Parameters()
    {
        foreach (var layer in Layers.Where(layer => layer.HasWeight))
        {
            yield return ($"{layer.Name}.weight", layer.Weight);
            if (layer.Bias is { } bias)
            {
                yield return ($"{layer.Name}.bias", bias);
            }

            if (layer.Scale is { } scale)
            {
                yield return (scale.Key, scale.Factor);
            }
        }
    }

    /// <summary>The model as a training leaves it, norms and all, under the names of a checkpoint.</summary>
    public StateDict ToTrainingState() => new(Parameters().Concat(Layers.Where(layer => layer.Norm is not null).SelectMany(layer => new[]
    {
        ($"{layer.Norm!.Key}.weight", layer.Norm.Weight), ($"{layer.Norm.Key}.bias", layer.Norm.Bias),
        ($"{layer.Norm.Key}.running_mean", layer.Norm.Mean), ($"{layer.Norm.Key}.running_var", layer.Norm.Variance),
    })).Select(item => KeyValuePair.Create(item.Item1, HostCopy(item.Item2)))
        .Concat(Layers.Where(layer => layer.Norm is not null).Select(layer => KeyValuePair.Create($"{layer.Norm!.Key}.num_batches_tracked", CheckpointTensor.FromInt64([0])))));

    private static CheckpointTensor HostCopy(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var host = tensor.detach().cpu().contiguous();
        return CheckpointTensor.FromFloat32(host.data<float>().ToArray(), host.shape);
    }

    /// <summary>The folded model as a state dict.</summary>
    /// <exception cref="InvalidOperationException">A norm or a layer scale is left.</exception>
    public StateDict ToStateDict()
    {
        if (Layers.FirstOrDefault(layer => !layer.IsFolded) is { } unfused)
        {
            throw new InvalidOperationException($"{unfused.Name} still has a norm or scale: fold it first");
        }

        return new StateDict(Parameters().Select(item => KeyValuePair.Create(item.Name, HostCopy(item.Tensor))));
    }

    /// <summary>Encoder and scatter: pillars → canvas [B, C, gridY, gridX] on the layers' device.</summary>
    public Tensor Canvas(PillarBatch pillars, Action<Layer, Tensor>? observe = null, Action<string, Tensor>? trace = null)
    {
        ArgumentNullException.ThrowIfNull(pillars);
        using var scope = NewDisposeScope();
        var device = Layers[0].Weight.device;
        var encoded = Encoder.Forward(PillarUpload.Features(pillars, device), observe, trace)["pillar_features"];
        return PillarScatter.Scatter(encoded, PillarUpload.Coordinates(pillars, device), pillars.FrameCount, Config.GridX, Config.GridY).MoveToOuterDisposeScope();
    }

    /// <summary>The whole network.</summary>
    /// <returns>Head outputs by name, each [B, C, H, W].</returns>
    public IReadOnlyDictionary<string, Tensor> Forward(PillarBatch pillars, Action<Layer, Tensor>? observe = null, Action<string, Tensor>? trace = null)
    {
        using var canvas = Canvas(pillars, observe, trace);
        return Dense.Forward(canvas, observe, trace);
    }

    /// <summary>Moves every layer.</summary>
    public void To(Device device)
    {
        foreach (var layer in Layers)
        {
            layer.To(device);
        }
    }

    /// <summary>Frees every layer.</summary>
    public void Dispose()
    {
        foreach (var layer in Layers)
        {
            layer.Dispose();
        }
    }

    private static void CheckTypes(ModelConfig config, string source)
    {
        var bag = new DiagnosticBag();
        Check("model.type", config.Type, "CenterPoint");
        Check("model.pts_voxel_encoder.type", config.PtsVoxelEncoder.Type, "PillarFeatureNet", "BackwardPillarFeatureNet");
        Check("model.pts_backbone.type", config.PtsBackbone.Type, "SECOND", ConvNextBackbone.Type);
        Check("model.pts_neck.type", config.PtsNeck.Type, "SECONDFPN");
        Check("model.test_cfg.nms_type", config.TestCfg.NmsType, "circle", "rotate");
        foreach (var (key, message) in BackboneRules.Problems(config.PtsBackbone))
        {
            bag.Error(DiagnosticCodes.BackboneStages, $"model.pts_backbone.{key}: {message}", new SourceLocation(source));
        }

        bag.ThrowIfErrors();

        void Check(string key, string value, params string[] known)
        {
            if (!known.Contains(value))
            {
                bag.Error(DiagnosticCodes.UnsupportedModel, $"{key} is '{value}'; this program builds {string.Join(" or ", known)}", new SourceLocation(source));
            }
        }
    }
}
