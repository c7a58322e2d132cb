using System.CommandLine;
using Deploy.Pipeline;

namespace Deploy.Commands;

/// <summary><c>deploy bundle</c>: what a target device needs to build, time and check the engines with trtexec alone.</summary>
internal static class BundleCommand
{
    public static Command Create(CommandHost host)
    {
        var onnx = new Option<string?>("--onnx") { Description = "Folder with fp16 and int8 ONNX files; left out, the run's own are made first." };
        var target = new Option<string>("--output", "-o") { Description = "Folder to write; it must be new or empty.", Required = true };
        var frames = new Option<int>("--frames") { Description = "Verification frames whose outputs are wanted.", DefaultValueFactory = _ => 2 };
        frames.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
            {
                result.AddError("--frames must not be negative");
            }
        });
        var command = new Command("bundle", "Writes ONNX files, inputs, a shell script and checksums for a device without .NET.\n\nExample: deploy bundle --config c.yaml --output bundle_orin") { onnx, target, frames };
        command.SetAction((parse, cancel) => Task.Run(() => host.RunInWorkDirectory(
            parse,
            context =>
            {
                if (parse.GetValue(onnx) is null)
                {
                    PipelineRunner.Run(context, null, Stage.Export, force: false);
                }

                foreach (var note in TargetBundle.Write(context, parse.GetValue(onnx) ?? context.Work["onnx"], parse.GetValue(target)!, parse.GetValue(frames)))
                {
                    context.Log.Info($"  {note}");
                }

                context.Log.Info($"bundle written to {Path.GetFullPath(parse.GetValue(target)!)}: copy it to the device, run ./run.sh there, copy it back, then: deploy engine --import FOLDER");
                return ExitCodes.Ok;
            },
            cancel)));
        return command;
    }
}
