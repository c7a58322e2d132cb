using System.CommandLine;
using Deploy.Gates;
using Deploy.Pipeline;
using Deploy.Pipeline.Stages;

namespace Deploy.Commands;

/// <summary><c>deploy gate</c>: the verdict over stored results, against an earlier release if asked for.</summary>
internal static class GateCommand
{
    public static Command Create(CommandHost host)
    {
        var baseline = new Option<string?>("--baseline") { Description = "Work directory of an earlier release to compare with." };
        var command = new Command("gate", "Judges the results of a work directory; runs no model.\n\nExample: deploy gate --config c.yaml --baseline work_dirs/released") { baseline };
        command.SetAction((parse, _) => Task.Run(() => host.RunWithConfig(parse, (loaded, log) =>
        {
            using var work = WorkDirectory.Open(loaded.Config.WorkDir);
            var report = GateStage.Check(loaded, work.Root, parse.GetValue(baseline));
            GateStage.Write(report, work, log, host.Surroundings);
            if (parse.GetValue(host.Options.Json))
            {
                host.Output.Write(GateFormats.Json(report));
            }

            return report.ExitCode;
        })));
        return command;
    }
}
