using System.CommandLine;
using Deploy.Pipeline;

namespace Deploy.Commands;

/// <summary><c>deploy export</c>: a checkpoint to ONNX files.</summary>
internal static class ExportCommand
{
    public static Command Create(CommandHost host)
    {
        var checkpoint = new Option<string>("--checkpoint") { Description = "Checkpoint (.pth), float or with ranges.", Required = true };
        var precision = new Option<string>("--precision") { Description = "fp32, fp16 or int8.", DefaultValueFactory = _ => "int8" };
        precision.AcceptOnlyFromAmong("fp32", "fp16", "int8");
        var target = new Option<string>("--output", "-o") { Description = "Folder of the two ONNX files.", Required = true };
        var command = new Command("export", "Writes the ONNX files of one precision.\n\nExample: deploy export --config c.yaml --checkpoint epoch_50.pth --precision int8 --output onnx") { checkpoint, precision, target };
        command.SetAction((parse, cancel) => Task.Run(() => host.RunInWorkDirectory(
            parse,
            context =>
            {
                PipelineRunner.Run(context, null, Stage.Export, force: false);
                PipelineFiles.CopyFolder(context.Work[$"onnx/{parse.GetValue(precision)}"], parse.GetValue(target)!);
                return ExitCodes.Ok;
            },
            cancel,
            [CommandHost.PathOverride("checkpoint_path", parse.GetValue(checkpoint)!)],
            int8Only: parse.GetValue(precision) == "int8")));
        return command;
    }
}
