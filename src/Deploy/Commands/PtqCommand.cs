using System.CommandLine;
using System.Globalization;
using Deploy.Pipeline;

namespace Deploy.Commands;

/// <summary><c>deploy ptq</c>: a checkpoint to a calibrated, corrected one with its ranges.</summary>
internal static class PtqCommand
{
    public static Command Create(CommandHost host)
    {
        var checkpoint = new Option<string>("--checkpoint") { Description = "Float checkpoint (.pth).", Required = true };
        var batches = new Option<int?>("--calibrate-batches") { Description = "Upper bound of the calibration batches." };
        var method = new Option<string?>("--amax-method") { Description = "max, mse, entropy or percentile." };
        method.AcceptOnlyFromAmong("max", "mse", "entropy", "percentile");
        var dryRun = new Option<bool>("--dry-run") { Description = "Only print which layers would be quantized, and why the others not." };
        var target = new Option<string?>("--output", "-o") { Description = "Where the quantized checkpoint goes (.pth)." };
        var command = new Command("ptq", "Quantizes a checkpoint after training.\n\nExample: deploy ptq --config c.yaml --checkpoint epoch_50.pth --output ptq.pth") { checkpoint, batches, method, dryRun, target };
        command.Validators.Add(result =>
        {
            if (result.GetValue(target) is null && !result.GetValue(dryRun))
            {
                result.AddError("Option '--output' is required without --dry-run.");
            }
        });
        command.SetAction((parse, cancel) =>
        {
            List<string> overrides = [CommandHost.PathOverride("checkpoint_path", parse.GetValue(checkpoint)!)];
            if (parse.GetValue(batches) is { } count)
            {
                overrides.Add($"quantization.calibration.num_batches={count.ToString(CultureInfo.InvariantCulture)}");
            }

            if (parse.GetValue(method) is { } amax)
            {
                overrides.Add($"quantization.calibration={{method: {(amax == "max" ? "max" : $"histogram, amax_method: {amax}")}}}");
            }

            return Task.Run(() => host.RunInWorkDirectory(
                parse,
                context =>
                {
                    PipelineRunner.Run(context, null, parse.GetValue(dryRun) ? Stage.Insert : Stage.Correct, force: false);
                    if (parse.GetValue(dryRun))
                    {
                        var plan = JsonFile.Read<Quant.Core.Quantization.QuantizationPlan>(context.Work["plan.json"]);
                        foreach (var line in PlanTable.Lines(plan))
                        {
                            host.Output.WriteLine(line);
                        }
                    }
                    else
                    {
                        PipelineFiles.CopyFile(context.Work["quantized.pth"], parse.GetValue(target)!);
                    }

                    return ExitCodes.Ok;
                },
                cancel,
                overrides));
        });
        return command;
    }
}
