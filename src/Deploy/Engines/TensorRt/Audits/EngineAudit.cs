using System.Globalization;
using System.Text.Json.Serialization;
using Deploy.Engines.TensorRt.Exports;

namespace Deploy.Engines.TensorRt.Audits;

/// <summary>What an engine does with a Q/DQ graph: which layers run in INT8, what conversions cost, which Q/DQ stayed.</summary>
public sealed record EngineAudit
{
    /// <summary>All layers in the engine's order.</summary>
    public required IReadOnlyList<AuditedLayer> Layers { get; init; }

    /// <summary>Computing layers that read INT8.</summary>
    public required int Int8Layers { get; init; }

    /// <summary>Computing layers.</summary>
    public required int ComputeLayers { get; init; }

    /// <summary>Part of the engine's time in INT8 layers, conversions counted as not INT8; null without profile or types.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Int8TimeShare { get; init; }

    /// <summary>Layers that only change a tensor's format.</summary>
    public required int Reformats { get; init; }

    /// <summary>Their time in a query; null without profile.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ReformatMs { get; init; }

    /// <summary>Time of all layers in a query; null without profile.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? TotalMs { get; init; }

    /// <summary>Q and DQ that run as layers of their own.</summary>
    public required IReadOnlyList<UnfusedQuantization> Unfused { get; init; }

    /// <summary>The layers that cost most, costliest first.</summary>
    public required IReadOnlyList<AuditedLayer> Slowest { get; init; }

    /// <summary>Joins layer information and profile by name; layers of one name in their order.</summary>
    /// <param name="info">Of <c>--exportLayerInfo</c>.</param>
    /// <param name="profile">Of <c>--exportProfile</c>, or null.</param>
    /// <param name="slowest">How many costly layers to list.</param>
    public static EngineAudit Create(LayerInfo info, LayerProfile? profile, int slowest = 10)
    {
        ArgumentNullException.ThrowIfNull(info);
        var graph = new EngineGraph(info);
        var total = profile?.Layers.Sum(layer => layer.AverageMs);
        var times = (profile?.Layers ?? []).GroupBy(layer => layer.Name).ToDictionary(group => group.Key, group => new Queue<LayerTime>(group), StringComparer.Ordinal);
        var layers = info.Layers.Select(layer => Layer(layer, times, total)).ToList();
        var reformats = layers.Where(layer => layer.Role == LayerRole.Reformat).ToList();
        return new EngineAudit
        {
            Layers = layers,
            Int8Layers = layers.Count(layer => layer.Int8),
            ComputeLayers = layers.Count(layer => layer.Role == LayerRole.Compute),
            Int8TimeShare = total > 0 && info.IsDetailed ? layers.Where(layer => layer.Int8).Sum(layer => layer.Ms ?? 0) / total : null,
            Reformats = reformats.Count,
            ReformatMs = profile is null ? null : reformats.Sum(layer => layer.Ms ?? 0),
            TotalMs = total,
            Unfused = [.. info.Layers.Zip(layers).Where(pair => pair.Second.Role == LayerRole.Quantization).Select(pair => new UnfusedQuantization(pair.Second.Name, pair.Second.Precision, UnfusedReasons.Of(pair.First, graph)) { Ms = pair.Second.Ms })],
            Slowest = [.. layers.Where(layer => layer.Ms is not null).OrderByDescending(layer => layer.Ms).Take(slowest)],
        };
    }

    /// <summary>The slowest layers and the unfused Q/DQ as rows of text, the first row being the titles.</summary>
    public IReadOnlyList<IReadOnlyList<string>> ToTable() =>
    [
        ["layer", "precision", "ms", "share", "note"],
        .. Slowest.Select(layer => Row(layer.Name, layer.Precision, layer.Ms, layer.Share, layer.Role switch { LayerRole.Reformat => "format change", LayerRole.Quantization => "unfused Q/DQ", _ => layer.Type })),
        .. Unfused.Select(item => Row(item.Name, item.Precision, item.Ms, null, item.Reason)),
    ];

    private static IReadOnlyList<string> Row(string name, string precision, double? milliseconds, double? share, string note) =>
    [
        name,
        precision,
        milliseconds?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "",
        share?.ToString("0.0 %", CultureInfo.InvariantCulture) ?? "",
        note,
    ];

    private static AuditedLayer Layer(EngineLayer layer, Dictionary<string, Queue<LayerTime>> times, double? total)
    {
        var role = EngineGraph.RoleOf(layer);
        var milliseconds = times.TryGetValue(layer.Name, out var queue) && queue.TryDequeue(out var time) ? time.AverageMs : (double?)null;
        var (from, to) = (Types(layer.Inputs), Types(layer.Outputs));
        return new AuditedLayer(layer.Name, layer.Type, role, from == to || to.Length == 0 ? from : from.Length == 0 ? to : $"{from}→{to}", role == LayerRole.Compute && layer.Inputs.Any(tensor => tensor.Type == "INT8"))
        {
            Ms = milliseconds,
            Share = total > 0 ? milliseconds / total : null,
        };
    }

    private static string Types(IReadOnlyList<EngineTensor> tensors) => string.Join('+', tensors.Select(tensor => tensor.Type).Where(type => type.Length > 0).Distinct());
}
