using System.CommandLine;
using System.Globalization;
using Deploy.Pipeline;
using Deploy.Reporting;
using Deploy.Sensitivity;
using Quant.Core.Diagnostics;

namespace Deploy.Commands;

/// <summary><c>deploy search</c>: the fewest FP16 layers that meet a mAP drop.</summary>
internal static class SearchCommand
{
    public static Command Create(CommandHost host)
    {
        var tables = new Option<string[]>("--sensitivity") { Description = "CSV of deploy sensitivity; one for each shard.", Required = true };
        var drop = new Option<double?>("--map-drop") { Description = "Largest mAP drop from the float model, 0.01 is one point: the fewest FP16 layers that meet it." };
        var latency = new Option<double?>("--latency-ms") { Description = "Time of the dense part: the best mAP within it." };
        var most = new Option<int>("--max-layers") { Description = "FP16 layers tried at most.", DefaultValueFactory = _ => 12 };
        var target = new Option<string>("--output", "-o") { Description = "Config file to write: this one with sensitive_layers filled in.", Required = true };
        var command = new Command("search", "Finds the FP16 layers that a mAP target needs, or that a time allows.\n\nExample: deploy search --config c.yaml --sensitivity report.csv --map-drop 0.002 --output mixed.yaml") { tables, drop, latency, most, target };
        command.SetAction((parse, cancel) => Task.Run(() => host.RunInWorkDirectory(
            parse,
            context =>
            {
                var rows = SensitivityTable.Read(parse.GetValue(tables)!);
                var (mapDrop, latencyMs) = (parse.GetValue(drop), parse.GetValue(latency));
                if (mapDrop is null == latencyMs is null)
                {
                    throw new QuantException(DiagnosticCodes.CommandMisuse, "give --map-drop or --latency-ms, one of the two");
                }

                PipelineRunner.Run(context, null, Stage.Engine, force: false);
                using var mixed = new MixedPrecision(context, [context.Device]);
                var report = mapDrop is { } allowed ? mixed.Search(rows, allowed, parse.GetValue(most)) : mixed.SearchWithin(rows, latencyMs!.Value, parse.GetValue(most));
                JsonFile.Write(context.Work["search.json"], report);
                AtomicFile.Write(context.Work["search.svg"], ChartSvg.Pareto("mAP over cost", [.. report.Points.Select(point => (point.Cost, point.Map, point.Fp16Layers.Count.ToString(CultureInfo.InvariantCulture)))], ($"cost, {report.CostUnit}", "mAP")));
                var output = Path.GetFullPath(parse.GetValue(target)!);
                AtomicFile.Write(output, Config(context, report, Path.GetFullPath(parse.GetValue(host.Options.Config)!), Path.GetDirectoryName(output)!));
                context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"{report.Best.Fp16Layers.Count} layers in FP16 give mAP {100 * report.Best.Map:F2} (cost {report.Best.Cost:F3} {report.CostUnit} by {report.CostSource}): {output}"));
                return ExitCodes.Ok;
            },
            cancel)));
        return command;
    }

    private static string Config(PipelineContext context, SearchReport report, string config, string folder)
    {
        var list = report.Best.Fp16Layers.Count == 0 ? " []" : string.Concat(report.Best.Fp16Layers.Select(layer => $"\n    - {layer}"));
        return string.Create(CultureInfo.InvariantCulture, $"""
            # Written by deploy search: simulated mAP {100 * report.Best.Map:F2}, {(report.LatencyMs is { } within ? $"within {within} ms" : $"target {100 * report.Target:F2}")}.
            _base_: [{System.Text.Json.JsonSerializer.Serialize(Path.GetRelativePath(folder, config).Replace('\\', '/'))}]

            name: {context.Config.Name}_mixed
            work_dir: {System.Text.Json.JsonSerializer.Serialize($"{Path.GetRelativePath(folder, context.Work.Root).Replace('\\', '/')}_mixed")}

            quantization:
              sensitive_layers:{list}

            """).ReplaceLineEndings("\n");
    }
}
