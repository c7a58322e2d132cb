using Quant.Core.Diagnostics;
using Quant.Core.Models;

namespace Quant.Core.Quantization;

/// <summary>Holds a table that a user may have edited against the model and the plan it is meant for.</summary>
public static class TableCheck
{
    /// <summary>The table in the plan's order with scales computed from its ranges; a layer it switches off is kept in float.</summary>
    /// <param name="table">As it was read: anything in it may be missing or wrong.</param>
    /// <param name="model">Fused; the weights' shapes are read.</param>
    /// <param name="plan">What the config quantizes; the table can only switch layers off.</param>
    /// <param name="locate">Finds a layer's place in the file, or the file for null.</param>
    /// <exception cref="QuantException">QNT0303: every entry that does not fit; QNT0302: no layer is left.</exception>
    public static QuantizerTable Fit(QuantizerTable table, CenterPoint model, QuantizationPlan plan, Func<string?, SourceLocation?> locate)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(locate);
        var bag = new DiagnosticBag();
        if (table.Version != 1 || table.Layers is null)
        {
            throw new QuantException(DiagnosticCodes.TableMismatch, $"this is no quantizer table of version 1 (version {table.Version}{(table.Layers is null ? ", without layers" : "")})", locate(null));
        }

        var entries = Entries(table, plan, bag, locate);
        var layers = plan.Layers.Select(layer => !entries.TryGetValue(layer.Name, out var entry) ? null : LayerCheck.Fit(entry, model[layer.Name], layer, problem =>
            bag.Error(DiagnosticCodes.TableMismatch, $"{layer.Name}: {problem}", locate(layer.Name)))).OfType<LayerQuantization>().ToList();
        foreach (var group in layers.Where(layer => layer.Input is not null).GroupBy(layer => layer.Input!.Quantizer))
        {
            // TensorRT merges only equal scales: one tensor, one range.
            var ranges = group.GroupBy(layer => layer.Input!.Amax).OrderBy(equal => equal.Count()).ToList();
            if (ranges.Count > 1)
            {
                bag.Error(DiagnosticCodes.TableMismatch, $"layers that read one tensor have different input amax: {string.Join("; ", ranges.Select(equal => FormattableString.Invariant($"{equal.Key} in {string.Join(", ", equal.Select(layer => layer.Name))}")))}; give all the same", locate(ranges[0].First().Name));
            }
        }

        bag.ThrowIfErrors();
        return layers.Exists(layer => layer.Quantized)
            ? table with { Layers = layers }
            : throw new QuantException(DiagnosticCodes.NothingToQuantize, "the table switches every layer off; set quantization.enabled: false instead", locate(null));
    }

    private static Dictionary<string, LayerQuantization> Entries(QuantizerTable table, QuantizationPlan plan, DiagnosticBag bag, Func<string?, SourceLocation?> locate)
    {
        var entries = new Dictionary<string, LayerQuantization>(StringComparer.Ordinal);
        var known = plan.Layers.Select(layer => layer.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in table.Layers)
        {
            if (entry?.Name is null)
            {
                bag.Error(DiagnosticCodes.TableMismatch, "an entry has no name", locate(null));
            }
            else if (!known.Contains(entry.Name))
            {
                bag.Error(DiagnosticCodes.TableMismatch, $"'{entry.Name}' is no layer of this model (they are named like {plan.Layers[0].Name} and {plan.Layers[^1].Name}); remove the entry or correct its name", locate(entry.Name));
            }
            else if (!entries.TryAdd(entry.Name, entry))
            {
                bag.Error(DiagnosticCodes.TableMismatch, $"{entry.Name} has two entries; remove one", locate(entry.Name));
            }
        }

        foreach (var layer in plan.Layers.Where(layer => !entries.ContainsKey(layer.Name)))
        {
            bag.Error(DiagnosticCodes.TableMismatch, $"the entry of {layer.Name} is missing; to keep a layer in float write \"quantized\": false, not nothing", locate(null));
        }

        return entries;
    }
}
