using System.CommandLine;
using System.Globalization;
using Deploy.Pipeline;
using Quant.Core.Quantization;

namespace Deploy.Commands;

/// <summary><c>deploy qat</c>: a float checkpoint, calibrated and corrected, then trained with fake quantization.</summary>
internal static class QatCommand
{
    public static Command Create(CommandHost host)
    {
        var checkpoint = new Option<string>("--checkpoint") { Description = "Float checkpoint (.pth).", Required = true };
        var batches = new Option<int?>("--calibrate-batches") { Description = "Upper bound of the calibration batches." };
        var teacher = new Option<string?>("--teacher") { Description = "Folded float checkpoint (such as a run's fused.pth) that teaches instead of labels." };
        var options = new TrainingCommandOptions("quantization.qat");
        var command = new Command(
            "qat",
            "Trains a quantized model; ranges stay as calibrated unless quantization.qat.learn_step_size is on.\n\nExample: deploy qat --config c.yaml --checkpoint epoch_50.pth --epochs 3 --output qat.pth")
        {
            checkpoint, batches, teacher,
        };
        options.AddTo(command);
        command.SetAction((parse, cancel) =>
        {
            List<string> overrides = [CommandHost.PathOverride("checkpoint_path", parse.GetValue(checkpoint)!), .. options.Overrides(parse)];
            if (parse.GetValue(batches) is { } count)
            {
                overrides.Add($"quantization.calibration.num_batches={count.ToString(CultureInfo.InvariantCulture)}");
            }

            return Task.Run(() => host.RunInWorkDirectory(
                parse,
                context =>
                {
                    PipelineRunner.Run(context, null, Stage.Correct, force: false);
                    var table = JsonFile.Read<QuantizerTable>(context.Work["quantization.json"]);
                    var master = parse.GetValue(teacher) ?? (context.Config.Quantization.Qat.Teacher ? context.Work["fused.pth"] : null);
                    var (state, _) = Trainings.Quantized(context, table, context.Work["quantized.pth"], master, Path.GetFullPath(parse.GetValue(options.Output)!), parse.GetValue(options.Resume), options.Limit(parse));
                    return options.Finish(host, context, parse, state);
                },
                cancel,
                overrides));
        });
        return command;
    }
}
