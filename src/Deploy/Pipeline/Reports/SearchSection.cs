using System.Globalization;
using System.Text.Json;
using Deploy.Reporting;
using Quant.Core.Diagnostics;

namespace Deploy.Pipeline.Reports;

/// <summary>What a sensitivity scan and a mixed-precision search left, when they were run; rows that lack a member are left out.</summary>
internal static class SearchSection
{
    private const int MostLayers = 40;
    private static readonly string[] Measures = ["mse", "sqnr", "kl", "map", "nds"];

    public static IReadOnlyList<ReportBlock> Sensitivity(PipelineContext context)
    {
        var file = context.Work["sensitivity.json"];
        return !File.Exists(file) ? [new ReportNote("No sensitivity scan was run.") { InShort = false }] : ReportAssembly.Tolerant(context, () =>
        {
            var root = JsonFile.Read<JsonElement>(file);
            var rows = Items(root, "layers", file).Where(row => Text(row, "layer").Length > 0).ToList();
            var bars = rows.Where(row => Number(row, "mse") is >= 0).OrderByDescending(row => Number(row, "mse")).Take(MostLayers)
                .Select(row => ($"{Text(row, "layer")} {Text(row, "view")}".TrimEnd(), Number(row, "mse")!.Value)).ToList();
            return
            [
                .. bars.Count == 0 ? [] : new ReportBlock[] { new ReportFigure("Mean squared output error with one layer quantized, the most sensitive first", ChartSvg.Bars("Mean squared output error by layer", bars)) { Wide = true } },
                new ReportTable(
                    "Sensitivity",
                    ["layer", "view", .. Measures],
                    [.. rows.Select(row => (IReadOnlyList<string>)[Text(row, "layer"), Text(row, "view"), .. Measures.Select(name => ReportText.Number(Number(row, name)))])]) { InShort = false },
            ];
        });
    }

    public static IReadOnlyList<ReportBlock> Pareto(PipelineContext context)
    {
        var file = context.Work["search.json"];
        return !File.Exists(file) ? [new ReportNote("No mixed-precision search was run.") { InShort = false }] : ReportAssembly.Tolerant(context, () =>
        {
            var points = Items(JsonFile.Read<JsonElement>(file), "points", file)
                .Where(point => Number(point, "map") is not null && Number(point, "cost") is not null)
                .Select(point => (Cost: Number(point, "cost")!.Value, Gain: Number(point, "map")!.Value, Name: Layers(point))).ToList();
            return
            [
                new ReportFigure("mAP over cost; the dashed line joins the plans that no other beats. Numbers count layers in FP16", ChartSvg.Pareto("mAP over cost of mixed-precision plans", points, ("cost", "mAP"))) { Wide = true },
                new ReportTable("Plans", ["layers in FP16", "mAP (points)", "cost"], [.. points.Select(point => (IReadOnlyList<string>)[point.Name, ReportText.Points(point.Gain), ReportText.Number(point.Cost)])]) { InShort = false },
            ];
        });
    }

    private static IReadOnlyList<JsonElement> Items(JsonElement root, string member, string file)
    {
        var list = root.ValueKind == JsonValueKind.Object && root.TryGetProperty(member, out var inner) ? inner : root;
        return list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)]
            : throw new QuantException(DiagnosticCodes.UnreadableResult, $"an array is expected, alone or as '{member}'", new SourceLocation(file));
    }

    private static string Layers(JsonElement point) => !point.TryGetProperty("fp16_layers", out var layers) ? "?" : layers.ValueKind switch
    {
        JsonValueKind.Array => layers.GetArrayLength().ToString(CultureInfo.InvariantCulture),
        _ => layers.ToString(),
    };

    private static string Text(JsonElement row, string name) => row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static double? Number(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;
}
