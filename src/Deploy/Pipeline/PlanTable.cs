using Deploy.Output;
using Quant.Core.Quantization;

namespace Deploy.Pipeline;

/// <summary>A plan for people: every layer, why some are kept, and a total.</summary>
public static class PlanTable
{
    /// <summary>The lines.</summary>
    public static IEnumerable<string> Lines(QuantizationPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var kept = plan.Layers.Where(layer => !layer.Quantized).ToList();
        return
        [
            .. TextTable.Lines(["layer", "kind", "int8"], plan.Layers.Select(layer => (IReadOnlyList<string>)[layer.Name, layer.Kind.ToString(), layer.Quantized ? "yes" : "no"])),
            .. kept.Count == 0 ? [] : TextTable.Lines(["kept in float", "because"], kept.Select(layer => (IReadOnlyList<string>)[layer.Name, layer.Reason ?? ""])),
            $"  {plan.QuantizedCount} of {plan.Layers.Count} layers are quantized, reading {plan.Layers.Where(layer => layer.Quantized).Select(layer => layer.InputQuantizer).Distinct().Count()} tensors",
        ];
    }
}
