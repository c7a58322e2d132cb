using System.Text.RegularExpressions;
using Deploy.Engines.TensorRt.Exports;

namespace Deploy.Engines.TensorRt.Audits;

/// <summary>Who writes and who reads each tensor of an engine.</summary>
internal sealed partial class EngineGraph
{
    /// <summary>Types that a lone Q or DQ becomes; empty when only names were exported.</summary>
    private static readonly HashSet<string> QuantizingTypes = ["", "Reformat", "NoOp", "Scale", "Quantize", "Dequantize", "kgen"];

    private readonly ILookup<string, EngineLayer> producers;
    private readonly ILookup<string, EngineLayer> consumers;
    private readonly HashSet<string> bindings;

    public EngineGraph(LayerInfo info)
    {
        producers = info.Layers.SelectMany(layer => layer.Outputs.Select(tensor => (tensor.Name, layer))).ToLookup(pair => pair.Name, pair => pair.layer, StringComparer.Ordinal);
        consumers = info.Layers.SelectMany(layer => layer.Inputs.Select(tensor => (tensor.Name, layer))).ToLookup(pair => pair.Name, pair => pair.layer, StringComparer.Ordinal);
        bindings = new HashSet<string>(info.Bindings, StringComparer.Ordinal);
    }

    /// <summary>The layer's role, from its origin, its type or its names.</summary>
    public static LayerRole RoleOf(EngineLayer layer)
    {
        var copies = layer.Name.Contains("Reformatting CopyNode", StringComparison.Ordinal);
        var reformats = copies || layer.Type is "Reformat" or "NoOp";
        var nodes = layer.OnnxNodes.Count > 0 ? layer.OnnxNodes : layer.Name.Split(" + ");
        var onlyQuantizes = nodes.All(node => QuantizationName().IsMatch(node)) && !copies;
        if (layer.Origin == "QDQ" || (onlyQuantizes && layer.WeightType is null && QuantizingTypes.Contains(layer.Type)))
        {
            return LayerRole.Quantization;
        }

        return reformats ? LayerRole.Reformat : LayerRole.Compute;
    }

    public bool IsBinding(string tensor) => bindings.Contains(tensor);

    /// <summary>The layer behind a tensor, seen through reformats.</summary>
    public EngineLayer? Producer(string tensor, int hops = 0) => producers[tensor].FirstOrDefault() is not { } layer
        ? null
        : RoleOf(layer) == LayerRole.Reformat && layer.Inputs.Count > 0 && hops < 8 ? Producer(layer.Inputs[0].Name, hops + 1) : layer;

    /// <summary>True when the tensor, seen through reformats, is an input of the network.</summary>
    public bool ComesFromInput(string tensor, int hops = 0) => producers[tensor].FirstOrDefault() is not { } layer
        || (RoleOf(layer) == LayerRole.Reformat && layer.Inputs.Count > 0 && hops < 8 && ComesFromInput(layer.Inputs[0].Name, hops + 1));

    /// <summary>The layers that read a tensor, seen through reformats.</summary>
    public IReadOnlyList<EngineLayer> Readers(string tensor, int hops = 0) =>
        [.. consumers[tensor].SelectMany(layer => RoleOf(layer) == LayerRole.Reformat && hops < 8 ? layer.Outputs.SelectMany(output => Readers(output.Name, hops + 1)) : [layer])];

    /// <summary>True when the tensor leaves the network, maybe through reformats.</summary>
    public bool GoesToOutput(string tensor, int hops = 0) =>
        IsBinding(tensor) || consumers[tensor].Any(layer => RoleOf(layer) == LayerRole.Reformat && hops < 8 && layer.Outputs.Any(output => GoesToOutput(output.Name, hops + 1)));

    [GeneratedRegex("QuantizeLinear|quantizer|QuantLinearNode|QuantizeAndDequantize", RegexOptions.IgnoreCase)]
    private static partial Regex QuantizationName();
}
