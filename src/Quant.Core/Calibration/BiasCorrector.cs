using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Native;
using Quant.Core.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Calibration;

/// <summary>
/// Shifts each output channel's bias by the mean difference between the float and the quantized network's output of that layer.
/// Most BEV cells are empty and equal, so their rounding error is a constant that grows through the layers; this removes it and
/// adds nothing to the graph. All frames advance layer by layer, in execution order, with the layers before already corrected,
/// so the cost is two forward passes per frame (Nagel et al., "Data-Free Quantization", 2019, §4.2, on activations).
/// </summary>
public static class BiasCorrector
{
    /// <summary>Corrects the biases of a model in place.</summary>
    /// <param name="model">Fused; its biases change.</param>
    /// <param name="table">The ranges to simulate.</param>
    /// <param name="config">Frames and memory.</param>
    /// <param name="frames">Calibration frames, at most <see cref="BiasCorrectionConfig.NumBatches"/> are read.</param>
    /// <param name="progress">Called after each step with the share done, in [0, 1].</param>
    public static BiasCorrectionResult Run(CenterPoint model, QuantizerTable table, BiasCorrectionConfig config, IEnumerable<CalibrationFrame> frames, Action<double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(config);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var pillars = frames.Take(config.NumBatches).Select(frame => frame.Pillars).ToList();
        if (pillars.Count == 0)
        {
            throw new QuantException(DiagnosticCodes.NoCalibrationFrames, "bias correction has no frames");
        }

        var bag = new DiagnosticBag();
        var wanted = pillars.Count;
        var perFrame = 2.0 * Math.Max(PeakBytes(model.Encoder, model, pillars[0]), PeakBytes(model.Dense, model, pillars[0]));
        var fitting = Math.Max(1, (int)(config.MemoryGb * (1L << 30) / perFrame));
        if (fitting < wanted)
        {
            pillars.RemoveRange(fitting, wanted - fitting);
            bag.Warning(DiagnosticCodes.CorrectionUsesFewerFrames, $"bias correction uses {fitting} of {wanted} frames: one frame's activations take {perFrame / (1 << 30):F2} GiB; raise quantization.bias_correction.memory_gb to use more");
        }

        var device = model.Layers[0].Weight.device;
        using var quantizers = QuantizedLayers.Attach(model, table);
        var corrections = new List<LayerCorrection>();
        var steps = (double)(model.Encoder.Nodes.Length + model.Dense.Nodes.Length);
        var done = 0;
        void Step() => progress?.Invoke(++done / steps);

        var features = pillars.Select(frame => PillarUpload.Features(frame, device)).ToArray();
        var encoded = Walk(model.Encoder, features, corrections, Step);
        var canvases = encoded.Select(pair => Array.ConvertAll(Enumerable.Range(0, pillars.Count).ToArray(), index =>
        {
            var coordinates = PillarUpload.Coordinates(pillars[index], device);
            return PillarScatter.Scatter(pair[index], coordinates, pillars[index].FrameCount, model.Config.GridX, model.Config.GridY);
        })).ToArray();
        Walk(model.Dense, canvases[0], corrections, Step, canvases[1]);
        return new BiasCorrectionResult(corrections, pillars.Sum(frame => frame.FrameCount), bag.Items);
    }

    /// <summary>Corrects by frames or by the empty map, as the config says.</summary>
    /// <param name="model">Fused; its biases change.</param>
    /// <param name="table">The ranges to simulate.</param>
    /// <param name="config">Source, frames and memory.</param>
    /// <param name="frames">Opens the calibration frames; not called for the empty map.</param>
    /// <param name="progress">Called after each step with the share done, in [0, 1].</param>
    public static BiasCorrectionResult Run(CenterPoint model, QuantizerTable table, BiasCorrectionConfig config, Func<IEnumerable<CalibrationFrame>> frames, Action<double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(frames);
        return config.Source == "empty_map" ? RunOnEmptyMap(model, table) : Run(model, table, config, frames(), progress);
    }

    /// <summary>
    /// Corrects the constant response of empty cells alone: one empty canvas goes through the dense part, and the shift is taken away from its zero-padded
    /// border, where it is the same in every cell. No frame is needed; layers of the encoder, which sees no empty cells, stay as they are.
    /// </summary>
    /// <param name="model">Fused; its biases change.</param>
    /// <param name="table">The ranges to simulate.</param>
    public static BiasCorrectionResult RunOnEmptyMap(CenterPoint model, QuantizerTable table)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var quantizers = QuantizedLayers.Attach(model, table);
        var corrections = new List<LayerCorrection>();
        var channels = model.Config.PtsVoxelEncoder.FeatChannels[^1];
        Walk(model.Dense, [zeros(1, channels, model.Config.GridY, model.Config.GridX, device: model.Layers[0].Weight.device)], corrections, () => { }, interior: true);
        return new BiasCorrectionResult(corrections, 0, []);
    }

    private static Tensor Seen(Tensor output, Layer layer, bool interior) => interior ? Interior(output, layer.ChannelsLast) : output;

    /// <summary>The middle quarter of a map's rows and columns.</summary>
    private static Tensor Interior(Tensor values, bool channelsLast)
    {
        var y = channelsLast ? 1 : 2;
        foreach (var axis in new[] { y, y + 1 })
        {
            var size = values.shape[axis];
            values = values.narrow(axis, size * 3 / 8, Math.Max(1, size / 4));
        }

        return values;
    }

    /// <summary>Advances all frames through one graph; returns the first output's float and quantized values.</summary>
    private static Tensor[][] Walk(LayerGraph graph, Tensor[] inputs, List<LayerCorrection> corrections, Action step, Tensor[]? quantizedInputs = null, bool interior = false)
    {
        var values = new Dictionary<string, (Tensor[] Float, Tensor[] Quantized)>(StringComparer.Ordinal)
        {
            [graph.Input] = (inputs, quantizedInputs ?? inputs),
        };
        var lastUse = graph.LastUses();
        for (var index = 0; index < graph.Nodes.Length; index++)
        {
            var node = graph.Nodes[index];
            values[node.Output] = node.Layer is { } layer
                ? Correct(layer, [.. node.Inputs.Select(name => values[name])], corrections, interior)
                : Combine(node, [.. node.Inputs.Select(name => values[name])]);
            foreach (var name in node.Inputs.Distinct().Where(name => lastUse[name] == index))
            {
                values.Remove(name, out var old);
                foreach (var tensor in old.Float.Concat(old.Quantized))
                {
                    tensor.Dispose();
                }
            }

            step();
        }

        var output = values[graph.Outputs[0].Value];
        return [output.Float, output.Quantized];
    }

    private static (Tensor[] Float, Tensor[] Quantized) Correct(Layer layer, (Tensor[] Float, Tensor[] Quantized)[] inputs, List<LayerCorrection> corrections, bool interior)
    {
        var (inputQuantizer, weightQuantizer) = (layer.InputQuantizer, layer.WeightQuantizer);
        var floats = new Tensor[inputs[0].Float.Length];
        var quantized = new Tensor[floats.Length];
        var shared = inputQuantizer is null && inputs.All(input => ReferenceEquals(input.Float, input.Quantized));
        var difference = layer.HasWeight && !shared ? new OutputDifference((int)layer.OutputChannels) : null;
        for (var frame = 0; frame < floats.Length; frame++)
        {
            using var scope = NewDisposeScope();
            layer.WeightQuantizer = null;
            floats[frame] = layer.Operate([.. inputs.Select(input => input.Float[frame])]);
            layer.WeightQuantizer = weightQuantizer;
            if (!shared)
            {
                quantized[frame] = layer.Operate([.. inputs.Select((input, operand) =>
                    inputQuantizer is not null && layer.QuantizedOperands.Contains(operand) ? inputQuantizer.Quantize(input.Quantized[frame]) : input.Quantized[frame])]);
                difference?.Add(Seen(floats[frame], layer, interior), Seen(quantized[frame], layer, interior), layer.ChannelsLast);
                quantized[frame].MoveToOuterDisposeScope();
            }

            floats[frame].MoveToOuterDisposeScope();
        }

        if (shared)
        {
            Activate(layer, floats);
            return (floats, floats);
        }

        // A sum has no bias; its error is corrected by the layers that read it.
        if (difference?.Mean is { } mean && mean.Any(value => value != 0))
        {
            using var scope = NewDisposeScope();
            var shift = tensor(mean, device: layer.Weight.device);
            layer.Replace(layer.Weight, (layer.Bias is null ? shift : layer.Bias.Plus(shift)).DetachFromDisposeScope(), layer.Norm);
            var perChannel = layer.ChannelsLast ? shift : shift.reshape(1, -1, 1, 1);
            Array.ForEach(quantized, tensor => tensor.PlusInPlace(perChannel));
            corrections.Add(new LayerCorrection(layer.Name, mean, mean.Average(value => Math.Abs((double)value)), difference.Rms, difference.RmsAfterShift));
        }

        Activate(layer, floats);
        Activate(layer, quantized);
        return (floats, quantized);
    }

    private static (Tensor[] Float, Tensor[] Quantized) Combine(GraphNode node, (Tensor[] Float, Tensor[] Quantized)[] inputs)
    {
        Tensor[] All(Func<(Tensor[] Float, Tensor[] Quantized), Tensor[]> side) =>
            [.. Enumerable.Range(0, inputs[0].Float.Length).Select(frame => LayerGraph.Combine(node, [.. inputs.Select(input => side(input)[frame])]))];
        var floats = All(input => input.Float);
        return inputs.All(input => ReferenceEquals(input.Float, input.Quantized)) ? (floats, floats) : (floats, All(input => input.Quantized));
    }

    private static void Activate(Layer layer, Tensor[] outputs)
    {
        for (var frame = 0; frame < outputs.Length; frame++)
        {
            if (layer.Activation == Activation.Relu)
            {
                // These outputs are the walk's own, and nothing has read them yet.
                outputs[frame].relu_();
                continue;
            }

            var activated = layer.Activate(outputs[frame]);
            if (!ReferenceEquals(activated, outputs[frame]))
            {
                outputs[frame].Dispose();
                outputs[frame] = activated;
            }
        }
    }

    /// <summary>The most bytes that one frame's values of a graph take at once, seen in one pass.</summary>
    private static long PeakBytes(LayerGraph graph, CenterPoint model, PillarBatch frame)
    {
        using var scope = NewDisposeScope();
        var device = model.Layers[0].Weight.device;
        var input = ReferenceEquals(graph, model.Encoder)
            ? PillarUpload.Features(frame, device)
            : model.Canvas(frame);
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal) { [graph.Input] = input.numel() * 4 };
        graph.Forward(input, trace: (name, value) => sizes[name] = value.numel() * 4);
        var lastUse = graph.LastUses();
        var (live, peak) = (sizes[graph.Input], 0L);
        for (var index = 0; index < graph.Nodes.Length; index++)
        {
            live += sizes[graph.Nodes[index].Output];
            peak = Math.Max(peak, live);
            live -= graph.Nodes[index].Inputs.Distinct().Where(name => lastUse[name] == index).Sum(name => sizes[name]);
        }

        return peak;
    }
}
