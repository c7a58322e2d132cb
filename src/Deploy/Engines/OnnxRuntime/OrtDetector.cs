using Quant.Core.Export;
using Quant.Core.Models;

namespace Deploy.Engines.OnnxRuntime;

/// <summary>Both components of a folder in ONNX Runtime, with the scatter between them in managed code.</summary>
public sealed class OrtDetector : IDetectorModel
{
    private readonly OrtGraph encoder;
    private readonly OrtGraph dense;
    private readonly ModelConfig model;
    private readonly bool undoYAxisReference;

    /// <summary>Loads two files.</summary>
    /// <param name="name">The name in results.</param>
    /// <param name="encoderFile"><c>pts_voxel_encoder.onnx</c>.</param>
    /// <param name="denseFile"><c>pts_backbone_neck_head.onnx</c>.</param>
    /// <param name="model">Grid dimensions.</param>
    /// <param name="options">For both.</param>
    /// <param name="undoYAxisReference">True when the files were exported with <c>rot_y_axis_reference</c>: dim is (w, l, h), rot (−cos, −sin).</param>
    public OrtDetector(string name, string encoderFile, string denseFile, ModelConfig model, OrtOptions options, bool undoYAxisReference = false)
    {
        (Name, this.model, this.undoYAxisReference) = (name, model, undoYAxisReference);
        encoder = new OrtGraph(encoderFile, options);
        try
        {
            dense = new OrtGraph(denseFile, options);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Provider => (encoder.Placement, dense.Placement) is ({ } first, { } second) ? first.With(second).ToString() : OrtPlacement.Cuda;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, HostTensor> Run(PillarBatch pillars)
    {
        var outputs = RunDense(Canvas(pillars));
        return undoYAxisReference ? YAxisReference.Undo(outputs) : outputs;
    }

    /// <summary>Encoder and scatter alone: [1, C, gridY, gridX].</summary>
    public HostTensor Canvas(PillarBatch pillars)
    {
        ArgumentNullException.ThrowIfNull(pillars);
        var features = encoder.Run(new HostTensor(InputFactors.Apply(pillars.Features(), pillars.FeatureCount, encoder.Factors), [pillars.Count, pillars.MaxPoints, pillars.FeatureCount]));
        return PillarScatter.Scatter(features["pillar_features"], pillars.Coordinates, model.GridX, model.GridY);
    }

    /// <summary>Backbone, neck and head alone, as the file writes them.</summary>
    public IReadOnlyDictionary<string, HostTensor> RunDense(HostTensor canvas) => dense.Run(canvas);

    /// <inheritdoc/>
    public void Dispose()
    {
        encoder.Dispose();
        dense.Dispose();
    }
}
