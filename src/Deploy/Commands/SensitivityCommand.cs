using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Deploy.Pipeline;
using Deploy.Reporting;
using Deploy.Sensitivity;
using Quant.Core.Diagnostics;

namespace Deploy.Commands;

/// <summary><c>deploy sensitivity</c>: what each layer's quantization costs.</summary>
internal static partial class SensitivityCommand
{
    public static Command Create(CommandHost host)
    {
        var checkpoint = new Option<string?>("--checkpoint") { Description = "Float checkpoint (.pth); the config's when left out." };
        var batches = new Option<int>("--calibrate-batches") { Description = "Calibration frames that errors are measured on.", DefaultValueFactory = _ => 8 };
        var shard = new Option<string>("--shard") { Description = "i/n: every n-th layer, from the i-th (0 to n − 1).", DefaultValueFactory = _ => "0/1" };
        var top = new Option<int>("--top-k") { Description = "Also measure mAP for the k most sensitive layers.", DefaultValueFactory = _ => 0 };
        var target = new Option<string?>("--output", "-o") { Description = "CSV file; work_dir/sensitivity.csv when left out." };
        var command = new Command("sensitivity", "Quantizes one layer at a time, and leaves one out at a time.\n\nExample: deploy sensitivity --config c.yaml --top-k 5 --output report.csv") { checkpoint, batches, shard, top, target };
        command.SetAction((parse, cancel) => Task.Run(() => host.RunInWorkDirectory(
            parse,
            context =>
            {
                var part = Shard(parse.GetValue(shard)!);
                PipelineRunner.Run(context, null, Stage.Correct, force: false);
                using var mixed = new MixedPrecision(context, Devices.Sharing(context.Config.Device, context.Device));
                var report = mixed.Scan(part, Math.Max(1, parse.GetValue(batches)), parse.GetValue(top));
                AtomicFile.Write(parse.GetValue(target) ?? context.Work["sensitivity.csv"], SensitivityTable.Write(report.Layers));
                JsonFile.Write(context.Work["sensitivity.json"], report);
                AtomicFile.Write(context.Work["sensitivity.svg"], ChartSvg.Bars("Output error of one quantized layer", [.. report.Layers.Where(row => row.View == "only").Select(row => (row.Layer, row.Mse))]));
                foreach (var row in report.Layers.Where(row => row.View == "only").Take(10))
                {
                    context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"  {row.Layer,-42} {row.Mse:E2}  {row.Sqnr:F1} dB{(row.Map is { } map ? $"  mAP {100 * map:F2}" : "")}"));
                }

                if (parse.GetValue(host.Options.Json))
                {
                    host.Output.Write(JsonFile.Text(report));
                }

                return ExitCodes.Ok;
            },
            cancel,
            parse.GetValue(checkpoint) is { } file ? [CommandHost.PathOverride("checkpoint_path", file)] : [])));
        return command;
    }

    private static (int Index, int Count) Shard(string text) =>
        Pattern().Match(text) is { Success: true } match && int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) is var index && int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) is var count && index < count
            ? (index, count)
            : throw new QuantException(DiagnosticCodes.CommandMisuse, $"--shard '{text}' is no part; write i/n with i from 0 to n − 1, such as 0/4");

    [GeneratedRegex("^([0-9]{1,4})/([0-9]{1,4})$")]
    private static partial Regex Pattern();
}
