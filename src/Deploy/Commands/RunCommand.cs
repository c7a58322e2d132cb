using System.CommandLine;
using Deploy.Pipeline;
using Deploy.Pipeline.Reports;
using Quant.Core.Diagnostics;

namespace Deploy.Commands;

/// <summary><c>deploy run</c>: the pipeline, or a span of it.</summary>
internal static class RunCommand
{
    public static Command Create(CommandHost host)
    {
        var from = StageOption("--from", "Run this stage again and go on; the ones before must be up to date.");
        var to = StageOption("--to", "Stop after this stage.");
        var only = StageOption("--only", "Run just this stage again.");
        var force = new Option<bool>("--force") { Description = "Run stages again although they are up to date." };
        var command = new Command("run", "Checkpoint to gated INT8 engine; stages that are up to date are skipped.\n\nExample: deploy run --config deploy_configs/centerpoint_sim_int8.yaml --to calibrate")
        {
            from, to, only, force,
        };
        command.SetAction((parse, cancel) => Task.Run(() => host.RunInWorkDirectory(parse, context =>
        {
            var single = parse.GetValue(only);
            if (single is not null && (parse.GetValue(from) ?? parse.GetValue(to)) is not null)
            {
                throw new QuantException(DiagnosticCodes.CommandMisuse, "--only excludes --from and --to; give one or the other");
            }

            var (first, last) = single is { } one ? (one, one) : (parse.GetValue(from), parse.GetValue(to) ?? Stage.Report);
            if (first > last)
            {
                throw new QuantException(DiagnosticCodes.CommandMisuse, $"--from {PipelineRunner.StageName(first.Value)} comes after --to {PipelineRunner.StageName(last)}; exchange them");
            }

            PipelineRunner.Run(context, first, last, parse.GetValue(force));
            if (last == Stage.Report)
            {
                context.Log.Table(["", ""], TerminalSummary.Rows(context));
            }

            if (parse.GetValue(host.Options.Json))
            {
                host.Output.Write(JsonFile.Text(RunSummary.Of(context)));
            }

            return context.Gate is { Pass: false } ? ExitCodes.GateFailed : ExitCodes.Ok;
        }, cancel)));
        return command;
    }

    private static Option<Stage?> StageOption(string name, string description)
    {
        var option = new Option<Stage?>(name) { Description = description };
        option.AcceptOnlyFromAmong([.. Enum.GetValues<Stage>().Select(PipelineRunner.StageName)]);
        return option;
    }
}
