using System.CommandLine;
using Deploy.Comparison;
using Deploy.Pipeline;
using Deploy.Pipeline.Stages;

namespace Deploy.Commands;

/// <summary><c>deploy compare</c>: the outputs of any two models on validation frames.</summary>
internal static class CompareCommand
{
    public static Command Create(CommandHost host)
    {
        var reference = new Option<string>("--reference") { Description = "Folder with both ONNX files or engines, or a .pth.", Required = true };
        var candidate = new Option<string>("--candidate") { Description = "The model to judge.", Required = true };
        var target = new Option<string?>("--output", "-o") { Description = "compare.json to write; stdout otherwise." };
        var command = new Command("compare", "Compares two models' outputs; ends with 1 beyond the tolerance.\n\nExample: deploy compare --reference onnx/fp16 --candidate onnx/int8") { reference, candidate, target };
        command.SetAction((parse, cancel) => Task.Run(() => host.RunInWorkDirectory(
            parse,
            context =>
            {
                using var first = ModelOpener.Open(context, parse.GetValue(reference)!);
                using var second = ModelOpener.Open(context, parse.GetValue(candidate)!);
                var report = CompareStage.Compare(context, first.Model, second.Model);
                host.WriteResult(parse.GetValue(target), ComparisonJson.Serialize(report));
                return report.Pass ? ExitCodes.Ok : ExitCodes.GateFailed;
            },
            cancel)));
        return command;
    }
}
