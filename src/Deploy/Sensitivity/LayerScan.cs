using Quant.Core.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Deploy.Sensitivity;

/// <summary>
/// Output errors with one layer quantized alone, and with one layer left out. Each frame runs once in float and once quantized with every value kept; a
/// layer's scan then runs only what depends on that layer.
/// </summary>
public sealed class LayerScan(CenterPoint model, LayerSwitches switches)
{
    private readonly Dictionary<string, double> macs = new(StringComparer.Ordinal);

    /// <summary>Multiplications done so far.</summary>
    public double Executed { get; private set; }

    /// <summary>Multiplications of a full pass for each layer and view.</summary>
    public double Naive { get; private set; }

    /// <summary>Scans.</summary>
    /// <param name="layers">The layers to scan, such as those of a shard.</param>
    /// <param name="frames">Calibration frames; one is kept in memory.</param>
    /// <returns>A row for all layers together, and two rows for each scanned layer.</returns>
    public IReadOnlyList<SensitivityRow> Run(IReadOnlyList<Layer> layers, IEnumerable<PillarBatch> frames)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(frames);
        using var noGrad = no_grad();
        var all = new OutputError();
        var errors = layers.ToDictionary(layer => layer, _ => (Only: new OutputError(), Without: new OutputError()));
        foreach (var frame in frames)
        {
            using var scope = NewDisposeScope();
            switches.SetAll(_ => false);
            var plain = model.Dense.Trace(model.Canvas(frame));
            var wanted = Outputs(plain);
            Count(plain);
            foreach (var layer in layers)
            {
                switches.Set(layer, true);
                errors[layer].Only.Add(wanted, Changed(plain, layer, frame));
                switches.Set(layer, false);
            }

            switches.SetAll(_ => true);
            var quantized = model.Dense.Trace(model.Canvas(frame));
            all.Add(wanted, Outputs(quantized));
            foreach (var layer in layers)
            {
                switches.Set(layer, false);
                errors[layer].Without.Add(wanted, Changed(quantized, layer, frame));
                switches.Set(layer, true);
            }

            var full = macs.Values.Sum();
            Executed += 2 * full;
            Naive += 2 * layers.Count * full;
        }

        return [Row("*", "all", all, 0), .. errors.SelectMany(item => new[] { Row(item.Key.Name, "only", item.Value.Only, macs.GetValueOrDefault(item.Key.Name)), Row(item.Key.Name, "without", item.Value.Without, macs.GetValueOrDefault(item.Key.Name)) })];
    }

    /// <summary>The outputs with one switched layer; a layer of the encoder changes everything after it.</summary>
    private IReadOnlyDictionary<string, Tensor> Changed(IReadOnlyDictionary<string, Tensor> values, Layer layer, PillarBatch frame)
    {
        if (model.Encoder.Layers.Contains(layer))
        {
            Executed += macs.Values.Sum();
            return model.Forward(frame);
        }

        return model.Dense.Again(values, layer, (node, _) => Executed += node.Layer is { } ran ? macs.GetValueOrDefault(ran.Name) : 0);
    }

    private Dictionary<string, Tensor> Outputs(IReadOnlyDictionary<string, Tensor> values) => model.Dense.Outputs.ToDictionary(output => output.Name, output => values[output.Value], StringComparer.Ordinal);

    private void Count(IReadOnlyDictionary<string, Tensor> values)
    {
        foreach (var node in model.Dense.Nodes.Where(node => node.Layer is { IsWeighted: true }))
        {
            var layer = node.Layer!;
            // A transposed convolution multiplies each input value, the others compute each output value.
            var (cells, channels) = layer.Kind == LayerKind.ConvTranspose2d ? (values[node.Inputs[0]].numel(), layer.InputChannels) : (values[node.Output].numel(), layer.OutputChannels);
            macs[layer.Name] = (double)cells / channels * layer.Weight.numel();
        }
    }

    private static SensitivityRow Row(string layer, string view, OutputError error, double macs) => new(layer, view, error.Mse, error.Sqnr, error.Kl, macs, null, null);
}
