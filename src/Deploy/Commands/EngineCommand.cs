using System.CommandLine;
using Deploy.Pipeline;
using Quant.Core.Diagnostics;

namespace Deploy.Commands;

/// <summary><c>deploy engine</c>: builds engines, or takes over what a target device built.</summary>
internal static class EngineCommand
{
    public static Command Create(CommandHost host)
    {
        var onnx = new Option<string?>("--onnx") { Description = "Folder with fp16 and int8 ONNX files (as work_dir/onnx), or of one precision; left out, the run's own are made first." };
        var target = new Option<string?>("--output", "-o") { Description = "Folder of the engines; needed with --onnx." };
        var import = new Option<string?>("--import") { Description = "Folder of a bundle that ran on a target device." };
        var command = new Command(
            "engine",
            "Builds, audits and times TensorRT engines.\n\nExamples: deploy engine --config c.yaml\n          deploy engine --config c.yaml --onnx work/onnx --output engines\n          deploy engine --config c.yaml --import bundle_orin")
        {
            onnx, target, import,
        };
        command.SetAction((parse, cancel) => Task.Run(() =>
        {
            var (graphs, folder, bundle) = (parse.GetValue(onnx), parse.GetValue(target), parse.GetValue(import));
            return graphs is null && folder is null
                ? host.RunInWorkDirectory(parse, context => FromRun(host, parse, context), cancel, bundle is null ? [] : [CommandHost.PathOverride("backend_config.bundle", bundle)])
                : host.RunWithConfig(parse, (loaded, log) => graphs is null || folder is null || bundle is not null
                    ? throw new QuantException(DiagnosticCodes.CommandMisuse, "--onnx and --output belong together and exclude --import; give both, or neither")
                    : FromFolder(host, new LooseEngines(loaded, log, host.Surroundings, cancel), graphs, folder));
        }));
        return command;
    }

    private static int FromRun(CommandHost host, ParseResult parse, PipelineContext context)
    {
        PipelineRunner.Run(context, null, Stage.Engine, force: false);
        if (parse.GetValue(host.Options.Json))
        {
            host.Output.Write(File.ReadAllText(context.Work["engine.json"]));
        }

        return ExitCodes.Ok;
    }

    private static int FromFolder(CommandHost host, LooseEngines engines, string graphs, string folder)
    {
        var report = engines.Build(graphs, folder);
        JsonFile.Write(Path.Combine(folder, "engine.json"), report);
        host.Output.Write(JsonFile.Text(report));
        return ExitCodes.Ok;
    }
}
