using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Models;

namespace Deploy.Engines.TensorRt;

/// <summary>
/// Both engines of a precision as one detector, with the scatter between them in managed code. Every frame costs two calls of trtexec, each of which
/// loads its engine: seconds, not milliseconds. It is for outputs, never for latency.
/// </summary>
public sealed class TensorRtDetector : IDetectorModel
{
    private readonly EngineRunner runner;
    private readonly EngineJob encoder;
    private readonly EngineJob dense;
    private readonly OnnxFacts encoderGraph;
    private readonly OnnxFacts denseGraph;
    private readonly ModelConfig model;
    private readonly bool undoYAxisReference;

    /// <summary>Reads both graphs.</summary>
    /// <param name="name">The name in results, such as <c>int8_trt</c>.</param>
    /// <param name="runner">What runs the engines.</param>
    /// <param name="encoder">Built engine of the encoder.</param>
    /// <param name="dense">Built engine of backbone, neck and head.</param>
    /// <param name="model">Grid dimensions.</param>
    /// <param name="undoYAxisReference">True when the graphs were exported with <c>rot_y_axis_reference</c>.</param>
    /// <exception cref="QuantException">QNT0504: a graph does not have exactly one input, or an engine is missing.</exception>
    public TensorRtDetector(string name, EngineRunner runner, EngineJob encoder, EngineJob dense, ModelConfig model, bool undoYAxisReference)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(dense);
        (Name, this.runner, this.encoder, this.dense, this.model, this.undoYAxisReference) = (name, runner, encoder, dense, model, undoYAxisReference);
        (encoderGraph, denseGraph) = (OnnxFacts.Read(encoder.Onnx), OnnxFacts.Read(dense.Onnx));
        foreach (var (job, graph) in new[] { (encoder, encoderGraph), (dense, denseGraph) })
        {
            if (graph.Inputs.Count != 1)
            {
                throw new QuantException(DiagnosticCodes.EngineRequestInvalid, $"the graph has {graph.Inputs.Count} inputs, a component of CenterPoint has one", new SourceLocation(job.Onnx));
            }

            if (!File.Exists(job.Engine))
            {
                throw new QuantException(DiagnosticCodes.EngineRequestInvalid, "the engine is missing; run 'deploy engine' first", new SourceLocation(job.Engine));
            }
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Provider => $"tensorrt {runner.Tensorrt}";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, HostTensor> Run(PillarBatch pillars)
    {
        ArgumentNullException.ThrowIfNull(pillars);
        var features = EncoderInput(pillars, encoderGraph, encoder.Profiles);
        var encoded = runner.Run(encoder, encoderGraph, Single(encoderGraph, features));
        if (!encoded.TryGetValue("pillar_features", out var rows) || rows.Shape is not ([_, _] or [_, 1, _]) || rows.Shape[0] < pillars.Count)
        {
            throw new QuantException(DiagnosticCodes.TrtexecExportUnreadable, $"the encoder's engine gave {string.Join(", ", encoded.Select(output => $"{output.Key} {string.Join('x', output.Value.Shape)}"))} instead of pillar_features of {pillars.Count} pillars", new SourceLocation(encoder.Engine));
        }

        var channels = rows.Shape[^1];
        var kept = new HostTensor(rows.Values[..checked((int)(pillars.Count * channels))], [pillars.Count, channels]);
        var canvas = PillarScatter.Scatter(kept, pillars.Coordinates, model.GridX, model.GridY);
        var outputs = runner.Run(dense, denseGraph, Single(denseGraph, canvas));
        return undoYAxisReference ? YAxisReference.Undo(outputs) : outputs;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Pillars [P, M, F], followed by empty ones where the engine takes more than the frame has (Autoware's fixed batch).</summary>
    /// <exception cref="QuantException">QNT0504: the frame has more pillars than the engine takes.</exception>
    public static HostTensor EncoderInput(PillarBatch pillars, OnnxFacts graph, IReadOnlyList<ShapeProfile> profiles)
    {
        ArgumentNullException.ThrowIfNull(pillars);
        ArgumentNullException.ThrowIfNull(graph);
        var input = graph.Inputs[0];
        var profile = profiles.FirstOrDefault(item => item.Input == input.Name);
        var (smallest, largest) = input.Shape[0] is { } fixedSize ? (fixedSize, fixedSize) : (profile?.Min[0] ?? 1, profile?.Max[0] ?? int.MaxValue);
        if (pillars.Count > largest)
        {
            throw new QuantException(DiagnosticCodes.EngineRequestInvalid, $"a frame has {pillars.Count} pillars, but the engine takes at most {largest}; raise the profile of {input.Name} or lower model.max_voxels");
        }

        var rows = Math.Max(pillars.Count, smallest);
        var values = new float[rows * pillars.MaxPoints * pillars.FeatureCount];
        InputFactors.Apply(pillars.Features(), pillars.FeatureCount, graph.Factors).CopyTo(values, 0);
        return new HostTensor(values, [rows, pillars.MaxPoints, pillars.FeatureCount]);
    }

    private static Dictionary<string, HostTensor> Single(OnnxFacts graph, HostTensor value) => new(StringComparer.Ordinal) { [graph.Inputs[0].Name] = value };
}
