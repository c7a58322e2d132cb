using Quant.Core.Quantization;

namespace Deploy.Pipeline;

/// <summary>A plan for people: one line per layer, within 80 columns where names allow.</summary>
public static class PlanTable
{
    /// <summary>Header, layers and a total.</summary>
    public static IEnumerable<string> Lines(QuantizationPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var width = plan.Layers.Max(layer => layer.Name.Length);
        yield return $"  {"layer".PadRight(width)}  {"kind",-15}  int8";
        foreach (var layer in plan.Layers)
        {
            yield return $"  {layer.Name.PadRight(width)}  {layer.Kind,-15}  {(layer.Quantized ? "yes" : $"no: {layer.Reason}")}";
        }

        yield return $"  {plan.QuantizedCount} of {plan.Layers.Count} layers are quantized, reading {plan.Layers.Where(layer => layer.Quantized).Select(layer => layer.InputQuantizer).Distinct().Count()} tensors";
    }
}
