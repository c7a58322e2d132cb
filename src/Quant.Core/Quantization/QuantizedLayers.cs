using Quant.Core.Models;

namespace Quant.Core.Quantization;

/// <summary>Puts a table's quantizers on a model's layers for as long as it lives; disposing takes them off again.</summary>
public sealed class QuantizedLayers : IDisposable
{
    private readonly CenterPoint model;
    private readonly List<IDisposable> owned = [];

    private QuantizedLayers(CenterPoint model) => this.model = model;

    /// <summary>Quantizers whose ranges are trained; none unless that was asked for.</summary>
    public IReadOnlyList<LearnedQuantizer> Learned => [.. owned.OfType<LearnedQuantizer>()];

    /// <summary>Attaches the quantizers; layers that share a name share one input quantizer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="table">Which layers, and their ranges.</param>
    /// <param name="learn">True: the ranges are parameters of a training.</param>
    public static QuantizedLayers Attach(CenterPoint model, QuantizerTable table, bool learn = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(table);
        var attached = new QuantizedLayers(model);
        var inputs = new Dictionary<string, ILayerQuantizer>(StringComparer.Ordinal);
        foreach (var entry in table.Layers.Where(entry => entry.Quantized))
        {
            var layer = model[entry.Name];
            var device = model.Layers[0].Weight.device;
            if (!inputs.TryGetValue(entry.Input!.Quantizer, out var input))
            {
                input = attached.Own(entry.Input.Quantizer, [entry.Input.Amax], null, 1, device, learn);
                inputs[entry.Input.Quantizer] = input = attached.Scaled(input, entry.Input.ChannelScale?.Select(scale => 1f / scale), device);
            }

            layer.InputQuantizer = input;
            if (entry.Weight is { } weight)
            {
                var quantizer = attached.Own($"{entry.Name}._weight_quantizer", weight.Amax, weight.Axis, (int)layer.Weight.dim(), device, learn);
                layer.WeightQuantizer = attached.Scaled(quantizer, entry.Input.ChannelScale, device);
            }
        }

        return attached;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in model.Layers)
        {
            layer.InputQuantizer = null;
            layer.WeightQuantizer = null;
        }

        owned.ForEach(quantizer => quantizer.Dispose());
    }

    /// <summary>The table with the ranges as they are now: trained ones where ranges are trained.</summary>
    public QuantizerTable Ranges(QuantizerTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var learned = Learned.ToDictionary(quantizer => quantizer.Name, quantizer => quantizer.Ranges(), StringComparer.Ordinal);
        return table with
        {
            Layers = [.. table.Layers.Select(entry => entry with
            {
                Input = entry.Input is { } input && learned.TryGetValue(input.Quantizer, out var amax) ? input with { Amax = amax[0], Scale = Symmetric.Scale(amax[0]), Method = "learned" } : entry.Input,
                Weight = entry.Weight is { } weight && learned.TryGetValue($"{entry.Name}._weight_quantizer", out var ranges) ? weight with { Amax = ranges, Scale = [.. ranges.Select(Symmetric.Scale)] } : entry.Weight,
            })],
        };
    }

    private ILayerQuantizer Own(string name, IReadOnlyList<float> amax, int? axis, int rank, TorchSharp.torch.Device device, bool learn)
    {
        ILayerQuantizer quantizer = learn ? new LearnedQuantizer(name, amax, axis, rank, device) : new TensorQuantizer(name, amax, axis, rank, device);
        owned.Add((IDisposable)quantizer);
        return quantizer;
    }

    private ILayerQuantizer Scaled(ILayerQuantizer quantizer, IEnumerable<float>? factors, TorchSharp.torch.Device device)
    {
        if (factors is null)
        {
            return quantizer;
        }

        var scaled = new ScaledQuantizer(quantizer, [.. factors], device);
        owned.Add(scaled);
        return scaled;
    }
}
