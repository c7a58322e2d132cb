using Quant.Core.Export;
using Quant.Core.Models;
using Quant.Core.Quantization;

namespace Quant.Core.Tests.Export;

/// <summary>Plain loops over an export graph, float or with the fake quantization of the contract; sums in double.</summary>
internal static class ReferenceRunner
{
    public static Dictionary<string, HostTensor> Values(ExportGraph graph, HostTensor input, QuantizerTable? table = null)
    {
        var values = new Dictionary<string, HostTensor> { [graph.Input] = input };
        foreach (var node in graph.Nodes)
        {
            var read = node.Inputs.Select(name => values[name]).ToList();
            values[node.Output] = node.Op switch
            {
                ExportOp.Apply(var layer) => Apply(layer, read[0], table?.Layers.Single(item => item.Name == layer.Name)),
                ExportOp.ConcatChannels => Concat(read),
                ExportOp.MaxOverPoints => Max(read[0]),
                ExportOp.AppendPillarMax => Append(read[0], read[1]),
                ExportOp.DepthToSpace(var block) => DepthToSpace(read[0], block),
                _ => throw new InvalidOperationException(),
            };
        }

        return values;
    }

    public static List<HostTensor> Outputs(ExportGraph graph, HostTensor input, QuantizerTable? table = null)
    {
        var values = Values(graph, input, table);
        return [.. graph.Outputs.Select(output => values[output.Value])];
    }

    /// <summary>Max ranges from one input: what a calibration would give.</summary>
    public static QuantizerTable Ranges(ExportGraph graph, HostTensor input, bool perChannelDeconv = false, params string[] kept)
    {
        var values = Values(graph, input);
        var quantizers = new Dictionary<string, InputQuantization>();
        List<LayerQuantization> layers = [];
        foreach (var node in graph.Nodes.Where(node => node.Layer is not null))
        {
            var layer = node.Layer!;
            if (kept.Contains(layer.Name))
            {
                layers.Add(Kept(layer));
                continue;
            }

            if (!quantizers.TryGetValue(node.Inputs[0], out var quantizer))
            {
                var amax = values[node.Inputs[0]].Values.Max(MathF.Abs);
                quantizers[node.Inputs[0]] = quantizer = new InputQuantization($"{layer.Name}._input_quantizer", amax, Scale(amax), "max");
            }

            layers.Add(new LayerQuantization(layer.Name, layer.Kind, true, null, quantizer, WeightRanges(layer, perChannelDeconv)));
        }

        return new QuantizerTable(layers);
    }

    public static LayerQuantization Kept(LayerWeights layer) => new(layer.Name, layer.Kind, false, "kept by the test", null, null);

    public static WeightQuantization WeightRanges(LayerWeights layer, bool perChannelDeconv)
    {
        int? axis = layer.Kind != LayerKind.ConvTranspose2d ? 0 : perChannelDeconv ? 1 : null;
        var amax = new float[axis is { } along ? layer.WeightShape[along] : 1];
        for (var i = 0; i < layer.Weight.Length; i++)
        {
            var channel = Channel(i, layer, axis);
            amax[channel] = MathF.Max(amax[channel], MathF.Abs(layer.Weight[i]));
        }

        return new WeightQuantization(axis, amax, [.. amax.Select(Scale)]);
    }

    public static float Level(float value, float amax) => amax <= 1f / (1 << 24) ? 0 : Math.Clamp(MathF.Round(value * (127f / amax), MidpointRounding.ToEven), -128, 127);

    public static float Fake(float value, float amax) => amax <= 1f / (1 << 24) ? 0 : Level(value, amax) / (127f / amax);

    public static double RelativeError(IReadOnlyList<float> actual, IReadOnlyList<float> expected)
    {
        Assert.Equal(expected.Count, actual.Count);
        return actual.Zip(expected, (a, e) => Math.Abs((double)a - e)).Max() / Math.Max(expected.Max(MathF.Abs), 1e-6);
    }

    private static float Scale(float amax) => amax <= 1f / (1 << 24) ? 1 : amax / 127;

    private static int Channel(int index, LayerWeights layer, int? axis)
    {
        if (axis is null)
        {
            return 0;
        }

        var inner = (int)layer.WeightShape.Skip(axis.Value + 1).Aggregate(1L, (a, b) => a * b);
        return index / inner % (int)layer.WeightShape[axis.Value];
    }

    private static HostTensor Apply(LayerWeights layer, HostTensor input, LayerQuantization? ranges)
    {
        if (ranges is { Quantized: true })
        {
            input = input with { Values = [.. input.Values.Select(value => Fake(value, ranges.Input!.Amax))] };
            layer = layer with { Weight = [.. layer.Weight.Select((value, i) => Fake(value, ranges.Weight!.Amax[Channel(i, layer, ranges.Weight.Axis)]))] };
        }

        var output = layer.Kind switch
        {
            LayerKind.Linear => Linear(layer, input),
            LayerKind.Conv2d => Conv(layer, input),
            _ => Deconv(layer, input),
        };
        return layer.Activation == Activation.Relu ? output with { Values = [.. output.Values.Select(value => MathF.Max(value, 0))] } : output;
    }

    private static HostTensor Linear(LayerWeights layer, HostTensor input)
    {
        var (inputs, outputs) = ((int)layer.InputChannels, (int)layer.OutputChannels);
        var rows = input.Values.Length / inputs;
        var result = new float[rows * outputs];
        for (var row = 0; row < rows; row++)
        {
            for (var o = 0; o < outputs; o++)
            {
                var sum = layer.Bias is null ? 0.0 : layer.Bias[o];
                for (var i = 0; i < inputs; i++)
                {
                    sum += (double)input.Values[(row * inputs) + i] * layer.Weight[(o * inputs) + i];
                }

                result[(row * outputs) + o] = (float)sum;
            }
        }

        return new HostTensor(result, [.. input.Shape[..^1], outputs]);
    }

    private static HostTensor Conv(LayerWeights layer, HostTensor input)
    {
        var (height, width, kernel) = ((int)input.Shape[2], (int)input.Shape[3], (int)layer.WeightShape[2]);
        var (stride, padding, perGroup) = ((int)layer.Stride, (int)layer.Padding, (int)layer.WeightShape[1]);
        var outputs = (int)layer.OutputChannels;
        var (rows, columns) = (((height + (2 * padding) - kernel) / stride) + 1, ((width + (2 * padding) - kernel) / stride) + 1);
        var result = new float[outputs * rows * columns];
        for (var o = 0; o < outputs; o++)
        {
            var first = o / (outputs / (int)layer.Groups) * perGroup;
            for (var y = 0; y < rows; y++)
            {
                for (var x = 0; x < columns; x++)
                {
                    var sum = layer.Bias is null ? 0.0 : layer.Bias[o];
                    for (var i = 0; i < perGroup; i++)
                    {
                        for (var ky = 0; ky < kernel; ky++)
                        {
                            for (var kx = 0; kx < kernel; kx++)
                            {
                                var (sy, sx) = ((y * stride) + ky - padding, (x * stride) + kx - padding);
                                if (sy >= 0 && sy < height && sx >= 0 && sx < width)
                                {
                                    sum += (double)input.Values[((((first + i) * height) + sy) * width) + sx] * layer.Weight[(((((o * perGroup) + i) * kernel) + ky) * kernel) + kx];
                                }
                            }
                        }
                    }

                    result[(((o * rows) + y) * columns) + x] = (float)sum;
                }
            }
        }

        return new HostTensor(result, [1, outputs, rows, columns]);
    }

    private static HostTensor Deconv(LayerWeights layer, HostTensor input)
    {
        var (height, width, kernel) = ((int)input.Shape[2], (int)input.Shape[3], (int)layer.WeightShape[2]);
        var (stride, padding) = ((int)layer.Stride, (int)layer.Padding);
        var (inputs, perGroup, outputs) = ((int)layer.InputChannels, (int)layer.WeightShape[1], (int)layer.OutputChannels);
        var (rows, columns) = (((height - 1) * stride) - (2 * padding) + kernel, ((width - 1) * stride) - (2 * padding) + kernel);
        var sums = new double[outputs * rows * columns];
        for (var o = 0; o < outputs && layer.Bias is not null; o++)
        {
            Array.Fill(sums, layer.Bias[o], o * rows * columns, rows * columns);
        }

        for (var i = 0; i < inputs; i++)
        {
            var first = i / (inputs / (int)layer.Groups) * perGroup;
            for (var o = 0; o < perGroup; o++)
            {
                for (var y = 0; y < height; y++)
                {
                    for (var x = 0; x < width; x++)
                    {
                        for (var ky = 0; ky < kernel; ky++)
                        {
                            for (var kx = 0; kx < kernel; kx++)
                            {
                                var (ty, tx) = ((y * stride) + ky - padding, (x * stride) + kx - padding);
                                if (ty >= 0 && ty < rows && tx >= 0 && tx < columns)
                                {
                                    sums[((((first + o) * rows) + ty) * columns) + tx] += (double)input.Values[(((i * height) + y) * width) + x] * layer.Weight[(((((i * perGroup) + o) * kernel) + ky) * kernel) + kx];
                                }
                            }
                        }
                    }
                }
            }
        }

        return new HostTensor([.. sums.Select(sum => (float)sum)], [1, outputs, rows, columns]);
    }

    private static HostTensor Concat(List<HostTensor> inputs) =>
        new([.. inputs.SelectMany(input => input.Values)], [1, inputs.Sum(input => input.Shape[1]), inputs[0].Shape[2], inputs[0].Shape[3]]);

    private static HostTensor Max(HostTensor input)
    {
        var (points, channels) = ((int)input.Shape[1], (int)input.Shape[2]);
        var result = new float[input.Shape[0] * channels];
        Array.Fill(result, float.NegativeInfinity);
        for (var i = 0; i < input.Values.Length; i++)
        {
            var target = (i / (points * channels) * channels) + (i % channels);
            result[target] = MathF.Max(result[target], input.Values[i]);
        }

        return new HostTensor(result, [input.Shape[0], 1, channels]);
    }

    private static HostTensor Append(HostTensor input, HostTensor max)
    {
        var (points, channels) = ((int)input.Shape[1], (int)input.Shape[2]);
        var result = new List<float>(input.Values.Length * 2);
        for (var row = 0; row < input.Values.Length / channels; row++)
        {
            result.AddRange(input.Values.AsSpan(row * channels, channels));
            result.AddRange(max.Values.AsSpan(row / points * channels, channels));
        }

        return new HostTensor([.. result], [input.Shape[0], points, channels * 2]);
    }

    private static HostTensor DepthToSpace(HostTensor input, int block)
    {
        var (channels, height, width) = ((int)input.Shape[1] / (block * block), (int)input.Shape[2], (int)input.Shape[3]);
        var result = new float[input.Values.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var (x, y, c) = (i % (width * block), i / (width * block) % (height * block), i / (width * block * height * block));
            var source = (c * block * block) + (y % block * block) + (x % block);
            result[i] = input.Values[(((source * height) + (y / block)) * width) + (x / block)];
        }

        return new HostTensor(result, [1, channels, height * block, width * block]);
    }
}
