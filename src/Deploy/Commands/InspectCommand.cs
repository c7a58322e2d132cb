using System.CommandLine;
using System.Text.Json;
using Deploy.Engines.TensorRt.Logs;
using Deploy.Pipeline;
using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;
using Quant.Core.Export;
using Quant.Core.Export.Linting;

namespace Deploy.Commands;

/// <summary><c>deploy inspect</c>: what a file holds, as JSON.</summary>
internal static class InspectCommand
{
    public static Command Create(CommandHost host)
    {
        var file = new Argument<string>("file") { Description = "A .pth, .onnx, .json or .log (trtexec) file." };
        var command = new Command("inspect", "Prints what a file holds as JSON.\n\nExample: deploy inspect epoch_50.pth") { file };
        command.SetAction(parse => host.Run(parse, _ =>
        {
            var path = parse.GetValue(file)!;
            host.Output.Write(Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".pth" or ".pt" => Checkpoint(path),
                ".onnx" => Onnx(path),
                ".json" => JsonFile.Text(JsonFile.Read<JsonElement>(path)),
                ".log" or ".txt" => JsonFile.Text(TrtexecLogReader.Read(File.ReadAllText(path))),
                var extension => throw new QuantException(DiagnosticCodes.CommandMisuse, $"'{extension}' is not known; inspect reads .pth, .onnx, .json and .log", new SourceLocation(path)),
            });
            return ExitCodes.Ok;
        }));
        return command;
    }

    private static string Checkpoint(string path)
    {
        using var checkpoint = CheckpointReader.Read(path);
        return JsonFile.Text(CheckpointSummary.Create(path, checkpoint));
    }

    private static string Onnx(string path)
    {
        var model = OnnxFile.Read(path);
        return JsonFile.Text(new
        {
            Producer = $"{model.ProducerName} {model.ProducerVersion}".Trim(),
            Opset = model.OpsetImport.ToDictionary(item => item.Domain.Length == 0 ? "ai.onnx" : item.Domain, item => item.Version),
            Inputs = model.Graph.Input.Select(value => value.Name),
            Outputs = model.Graph.Output.Select(value => value.Name),
            Operators = model.Graph.Node.GroupBy(node => node.OpType).OrderBy(group => group.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count()),
            Initializers = model.Graph.Initializer.Count,
            Findings = OnnxLinter.Check(model, new OnnxLintOptions { File = path }).Select(finding => finding.ToString()),
        });
    }
}
