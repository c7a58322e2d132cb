using Quant.Core.Models;
using Quant.Core.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace Quant.Core.Calibration;

/// <summary>
/// Channel equalization: ReLU is positively homogeneous, so dividing an output channel (weight row and bias) by c and multiplying
/// the matching column of every reader by c leaves the float function as it is, while the channels of a tensor come closer in
/// range and share one activation scale better. c_i = (max_i/max)^α (cf. Nagel et al., "Data-Free Quantization", 2019, §4.1).
/// Scales pass through concatenation, changes of layout, the pillar maximum and the scatter. A tensor that something without
/// columns of its own reads (a sum, a LayerNorm, a grouped convolution) stays as it is.
/// </summary>
public static class Equalizer
{
    /// <summary>The largest value of every ReLU layer's output channels over the frames.</summary>
    public static IReadOnlyDictionary<string, float[]> ChannelMaxima(CenterPoint model, IEnumerable<CalibrationFrame> frames)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var noGrad = no_grad();
        var maxima = new Dictionary<string, float[]>(StringComparer.Ordinal);
        var rectified = model.Layers.Where(layer => layer.Activation == Activation.Relu).ToDictionary(layer => layer.Name, StringComparer.Ordinal);
        foreach (var frame in frames)
        {
            using var scope = NewDisposeScope();
            model.Forward(frame.Pillars, trace: (name, value) =>
            {
                if (rectified.TryGetValue(name, out var layer))
                {
                    using var inner = NewDisposeScope();
                    var channelAxis = layer.ChannelsLast ? value.dim() - 1 : 1;
                    var others = Enumerable.Range(0, (int)value.dim()).Select(axis => (long)axis).Where(axis => axis != channelAxis).ToArray();
                    var found = value.amax(others).cpu().data<float>().ToArray();
                    maxima[name] = maxima.TryGetValue(name, out var old) ? [.. old.Zip(found, MathF.Max)] : found;
                }
            });
        }

        return maxima;
    }

    /// <summary>Scales the model in place.</summary>
    /// <param name="model">Fused.</param>
    /// <param name="plan">Only tensors that a quantized layer reads are scaled.</param>
    /// <param name="maxima">From <see cref="ChannelMaxima"/>.</param>
    /// <param name="alpha">0 changes nothing, 1 gives every channel the same maximum.</param>
    public static IReadOnlyList<ChannelFactors> Apply(CenterPoint model, QuantizationPlan plan, IReadOnlyDictionary<string, float[]> maxima, double alpha)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(maxima);
        using var noGrad = no_grad();
        var readers = Readers(model);
        var quantized = plan.Layers.Where(layer => layer.Quantized).Select(layer => layer.Name).ToHashSet(StringComparer.Ordinal);
        var factors = maxima
            .Where(entry => alpha > 0 && readers.TryGetValue(entry.Key, out var names) && names.Any(quantized.Contains) && names.All(name => HasColumns(model[name])))
            .ToDictionary(entry => entry.Key, entry => Factors(entry.Value, alpha), StringComparer.Ordinal);
        foreach (var (layer, columns) in Columns(model, factors).Where(item => HasColumns(item.Layer) && item.Columns.Any(factor => factor != 1)))
        {
            Scale(layer, layer.InputAxis, columns, scaleBias: false);
        }

        foreach (var layer in model.Layers.Where(layer => factors.ContainsKey(layer.Name)))
        {
            Scale(layer, layer.OutputAxis, [.. factors[layer.Name].Select(factor => 1 / factor)], scaleBias: true);
        }

        return [.. model.Layers.Where(layer => factors.ContainsKey(layer.Name)).Select(layer => new ChannelFactors(layer.Name, [.. factors[layer.Name].Select(factor => (float)factor)]))];
    }

    private static double[] Factors(float[] maxima, double alpha)
    {
        var largest = maxima.Max();
        // A channel that never fires has no range to bring closer.
        return [.. maxima.Select(maximum => maximum > 0 ? Math.Pow((double)maximum / largest, alpha) : 1)];
    }

    /// <summary>Which layers read a layer's output, directly or through steps without weights, across the scatter too.</summary>
    private static Dictionary<string, HashSet<string>> Readers(CenterPoint model)
    {
        var readers = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        Walk(model, _ => null, (layer, sources) =>
        {
            foreach (var (source, _, _) in sources)
            {
                readers.TryAdd(source, new HashSet<string>(StringComparer.Ordinal));
                readers[source].Add(layer.Name);
            }
        });
        return readers;
    }

    /// <summary>For each layer the factor of every input channel.</summary>
    private static List<(Layer Layer, double[] Columns)> Columns(CenterPoint model, Dictionary<string, double[]> factors)
    {
        var columns = new List<(Layer, double[])>();
        Walk(model, factors.GetValueOrDefault, (layer, sources) =>
            columns.Add((layer, [.. sources.SelectMany(source => source.Factors ?? Enumerable.Repeat(1.0, (int)source.Channels))])));
        return columns;
    }

    /// <summary>Follows channels from the layers that write them to the layers that read them.</summary>
    private static void Walk(CenterPoint model, Func<string, double[]?> factorsOf, Action<Layer, IReadOnlyList<(string Source, long Channels, double[]? Factors)>> read)
    {
        var channels = new Dictionary<string, IReadOnlyList<(string Source, long Channels, double[]? Factors)>>(StringComparer.Ordinal)
        {
            [model.Encoder.Input] = [(model.Encoder.Input, model.Encoder.Layers.First().InputChannels, null)],
        };
        foreach (var graph in new[] { model.Encoder, model.Dense })
        {
            foreach (var node in graph.Nodes)
            {
                if (node.Layer is { } layer)
                {
                    foreach (var input in node.Inputs)
                    {
                        read(layer, channels[input]);
                    }

                    var width = layer.HasWeight ? layer.OutputChannels : channels[node.Inputs[0]].Sum(source => source.Channels);
                    channels[node.Output] = [(layer.Name, width, factorsOf(layer.Name))];
                }
                else
                {
                    channels[node.Output] = node.Op is GraphOp.MaxOverPoints ? channels[node.Inputs[0]] : [.. node.Inputs.SelectMany(name => channels[name])];
                }
            }

            // The scatter hands the encoder's channels to the canvas.
            channels[model.Dense.Input] = channels[model.Encoder.Outputs[0].Value];
        }
    }

    /// <summary>True when the weight has a column for each input channel, which a factor can be multiplied into.</summary>
    private static bool HasColumns(Layer layer) => layer is { IsWeighted: true, Groups: 1 };

    private static void Scale(Layer layer, int axis, double[] factors, bool scaleBias)
    {
        using var scope = NewDisposeScope();
        var shape = Enumerable.Repeat(1L, (int)layer.Weight.dim()).ToArray();
        shape[axis] = factors.Length;
        var factor = tensor(factors, float64, layer.Weight.device);
        var weight = (layer.Weight.to(float64) * factor.reshape(shape)).to(float32);
        var bias = scaleBias && layer.Bias is not null ? (layer.Bias.to(float64) * factor).to(float32).DetachFromDisposeScope() : layer.Bias;
        layer.Replace(weight.DetachFromDisposeScope(), bias, layer.Norm);
    }
}
