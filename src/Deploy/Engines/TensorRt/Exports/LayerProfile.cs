using System.Text.Json;
using Quant.Core.Diagnostics;

namespace Deploy.Engines.TensorRt.Exports;

/// <summary>What <c>--exportProfile</c> writes.</summary>
/// <param name="Queries">Profiled queries.</param>
/// <param name="Layers">In the engine's order.</param>
public sealed record LayerProfile(int Queries, IReadOnlyList<LayerTime> Layers)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="QuantException">QNT0505: no such file.</exception>
    public static LayerProfile Read(string path)
    {
        using var document = LenientJson.ReadFile(path);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw new QuantException(DiagnosticCodes.TrtexecExportUnreadable, "the file is no list of layers; give the file of --exportProfile", new SourceLocation(path));
        }

        var items = document.RootElement.EnumerateArray().ToList();
        var queries = (int)(items.Select(item => item.Number("count")).FirstOrDefault(count => count is not null) ?? 0);
        return new LayerProfile(queries, [.. items.Where(item => item.Text("name") is not null).Select(item => Layer(item, queries))]);
    }

    private static LayerTime Layer(JsonElement item, int queries)
    {
        var total = item.Number("timeMs") ?? 0;
        return new LayerTime(item.Text("name")!, item.Number("averageMs") ?? (queries > 0 ? total / queries : total), item.Number("medianMs"), total);
    }
}
