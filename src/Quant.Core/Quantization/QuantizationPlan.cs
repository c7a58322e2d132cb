using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Quant.Core.Quantization;

/// <summary>Per layer in execution order: quantize or keep, why, and which input quantizer (plan.json).</summary>
public sealed record QuantizationPlan(IReadOnlyList<LayerPlan> Layers)
{
    /// <summary>The version of the JSON form.</summary>
    public int Version { get; init; } = 1;

    /// <summary>How many layers are quantized.</summary>
    public int QuantizedCount => Layers.Count(layer => layer.Quantized);

    /// <summary>The decision for a layer.</summary>
    public LayerPlan this[string name] => Layers.First(layer => layer.Name == name);

    /// <summary>Decides for every layer of a model.</summary>
    /// <param name="model">Fused or not; only names and the graph are read.</param>
    /// <param name="config">Patterns and borders.</param>
    /// <param name="locate">Finds the place of a config key, for errors.</param>
    /// <exception cref="QuantException">QNT0301: patterns that match no layer. QNT0302: no layer is left.</exception>
    public static QuantizationPlan Create(CenterPoint model, QuantizationConfig config, Func<string, SourceLocation?>? locate = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(config);
        var quantize = Compile(config.Quantize, "quantization.quantize");
        var sensitive = Compile(config.SensitiveLayers, "quantization.sensitive_layers");
        var first = model.Dense.Layers.First(layer => layer.IsWeighted);
        var kinds = config.QuantizeKinds.ToHashSet(StringComparer.Ordinal);
        var bag = new DiagnosticBag();
        foreach (var (pattern, key) in quantize.Concat(sensitive).Where(item => !model.Layers.Any(layer => item.Pattern.Matches(layer.Name))))
        {
            bag.Error(DiagnosticCodes.PatternMatchesNothing, $"'{pattern.Text}' in {key} matches no layer; layers are named like {model.Layers[0].Name}, {first.Name} (list them with 'deploy ptq --dry-run')", locate?.Invoke(key));
        }

        bag.ThrowIfErrors();
        var graphs = new[] { model.Encoder, model.Dense };
        var layers = graphs.SelectMany(graph =>
        {
            var quantizers = SharedQuantizers.Of(graph, graph.Layers.Where(layer => Reason(layer) is null));
            return graph.Layers.Select(layer => Reason(layer) is { } reason
                ? new LayerPlan(layer.Name, layer.Kind, false, reason, null, null)
                : new LayerPlan(layer.Name, layer.Kind, true, null, quantizers[layer.Name], WeightAxis(layer, config)));
        }).ToList();
        if (!layers.Exists(layer => layer.Quantized))
        {
            throw new QuantException(DiagnosticCodes.NothingToQuantize, "no layer is left to quantize; shorten quantization.sensitive_layers or set quantization.enabled: false", locate?.Invoke("quantization.sensitive_layers"));
        }

        return new QuantizationPlan(layers);

        string? Reason(Layer layer) =>
            layer.Kind == LayerKind.LayerNorm ? "LayerNorm stays in float"
            : !quantize.Exists(item => item.Pattern.Matches(layer.Name)) ? "not in quantization.quantize"
            : !kinds.Contains(layer.Kind.ToString()) ? $"{layer.Kind} is not in quantization.quantize_kinds"
            : sensitive.Find(item => item.Pattern.Matches(layer.Name)) is { Pattern: { } pattern } ? $"sensitive_layers: {pattern.Text}"
            : ReferenceEquals(layer, first) && config.Precision.FirstLayerInput == "fp16" ? "first_layer_input: fp16"
            : null;
    }

    private static int? WeightAxis(Layer layer, QuantizationConfig config) =>
        !layer.IsWeighted || (layer.Kind == LayerKind.ConvTranspose2d && config.DeconvWeight == "per_tensor") ? null : layer.OutputAxis;

    private static List<(LayerPattern Pattern, string Key)> Compile(IReadOnlyList<string> patterns, string key) =>
        [.. patterns.Select(text => (new LayerPattern(text), key))];
}
