using System.Globalization;
using System.Text.Json;
using Deploy.Engines.TensorRt;
using Deploy.Engines.TensorRt.Audits;
using Deploy.Reporting;
using Quant.Core.Diagnostics;

namespace Deploy.Pipeline.Reports;

/// <summary>What was built, and what TensorRT made of the Q/DQ graph.</summary>
internal static class EngineSection
{
    /// <summary>The audits beside the engine files, by <c>precision/file</c>; empty without TensorRT.</summary>
    public static IReadOnlyDictionary<string, EngineAudit> Audits(PipelineContext context, EngineReport? engines)
    {
        var audits = new Dictionary<string, EngineAudit>(StringComparer.Ordinal);
        foreach (var file in (engines?.Engines.Values ?? []).SelectMany(engine => engine.Files).Select(name => context.Work[$"{name}.json"]).Where(File.Exists))
        {
            try
            {
                using var stream = File.OpenRead(file);
                if (JsonSerializer.Deserialize<BuiltEngine>(stream, JsonFile.Options) is { Audit: { } audit } built)
                {
                    audits[built.Name] = audit;
                }
            }
            catch (JsonException error)
            {
                context.Log.Report(Diagnostic.Warning(DiagnosticCodes.ReportInputUnreadable, $"the engine's audit is left out of the report: {error.Message}", new SourceLocation(file)));
            }
        }

        return audits;
    }

    public static IReadOnlyList<ReportBlock> Blocks(EngineReport? report, IReadOnlyDictionary<string, EngineAudit> audits) => report is null
        ? [new ReportNote("No engine was built: the engine stage was not part of this run.")]
        :
        [
            new ReportTable(
                $"Engines of {report.Backend}",
                ["engine", "MiB", "in INT8", "built by"],
                [.. report.Engines.Select(engine => (IReadOnlyList<string>)[engine.Key, ReportText.Number(engine.Value.Bytes / 1048576.0), Integer(engine.Value), engine.Value.Runtime ?? report.Backend])]),
            .. Floats(report),
            .. audits.Count == 0
                ? [new ReportNote("No TensorRT audit: there is no layer information of an engine.")]
                : audits.Select(Audit),
        ];

    private static IEnumerable<ReportBlock> Floats(EngineReport report) => report.Engines
        .Where(engine => engine.Value.FloatLayers is { Count: > 0 })
        .Select(engine => new ReportNote($"Layers of {engine.Key} that stay in float: {string.Join(", ", engine.Value.FloatLayers!)}.") { InShort = false });

    private static ReportBlock Audit(KeyValuePair<string, EngineAudit> item)
    {
        var (audit, table) = (item.Value, item.Value.ToTable());
        return new ReportTable(
            $"Audit of {item.Key}: {audit.Int8Layers} of {audit.ComputeLayers} computing layers in INT8",
            table[0],
            [.. table.Skip(1)],
            string.Create(CultureInfo.InvariantCulture, $"{audit.Reformats} format changes, {audit.Unfused.Count} unfused Q/DQ{(audit.Int8TimeShare is { } share ? $", {100 * share:F0} % of the time in INT8" : "")}."))
        { InShort = audit.Unfused.Count > 0 };
    }

    private static string Integer(EngineEntry engine) =>
        engine.IntegerLayers is { } integer ? $"{integer.Count} of {integer.Count + (engine.FloatLayers?.Count ?? 0)} layers"
        : engine.Int8TimeShare is { } share ? string.Create(CultureInfo.InvariantCulture, $"{100 * share:F0} % of time")
        : "not measured";
}
