using System.CommandLine;
using System.Globalization;
using Deploy.Pipeline;

namespace Deploy.Commands;

/// <summary><c>deploy train</c>: float training, from a checkpoint or from scratch.</summary>
internal static class TrainCommand
{
    public static Command Create(CommandHost host)
    {
        var checkpoint = new Option<string?>("--checkpoint") { Description = "Float checkpoint with its norms to start from; left out, training starts from scratch." };
        var options = new TrainingCommandOptions("train_cfg");
        var command = new Command("train", "Trains the float model of a config on dataset.training.\n\nExample: deploy train --config c.yaml --device cuda --max-time 10m --output epoch.pth") { checkpoint };
        options.AddTo(command);
        command.SetAction((parse, cancel) => Task.Run(() => host.RunInWorkDirectory(
            parse,
            context =>
            {
                var state = Trainings.Float(context, parse.GetValue(checkpoint), Path.GetFullPath(parse.GetValue(options.Output)!), parse.GetValue(options.Resume), options.Limit(parse));
                return options.Finish(host, context, parse, state);
            },
            cancel,
            options.Overrides(parse))));
        return command;
    }
}
