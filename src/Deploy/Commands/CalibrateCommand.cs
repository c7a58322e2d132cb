using System.CommandLine;
using Deploy.Pipeline;

namespace Deploy.Commands;

/// <summary><c>deploy calibrate</c>: calibration in shards, for the array jobs of a cluster.</summary>
internal static class CalibrateCommand
{
    public static Command Create(CommandHost host) => new("calibrate", "Calibrates side by side on several machines, with the ranges of a single run bit for bit.\n\nExample: deploy calibrate range --config c.yaml --shard 0/4 --output range-0.json")
    {
        Range(host),
        Count(host),
        Merge(host),
    };

    private static Command Range(CommandHost host)
    {
        var (shard, target) = (ShardOption(), TargetOption());
        var command = new Command("range", "Finds the largest magnitudes in one shard of the frames.\n\nExample: deploy calibrate range --config c.yaml --shard 0/4 --output range-0.json") { shard, target };
        command.SetAction((parse, cancel) => Task.Run(() => host.RunInWorkDirectory(parse, context =>
        {
            JsonFile.Write(parse.GetValue(target)!, CalibrationShards.Observe(context, ShardNumber.Parse(parse.GetValue(shard)!), null));
            return ExitCodes.Ok;
        }, cancel)));
        return command;
    }

    private static Command Count(CommandHost host)
    {
        var (shard, target) = (ShardOption(), TargetOption());
        var range = new Option<string>("--range") { Description = "Merged range shards.", Required = true };
        var command = new Command("count", "Counts one shard of the frames over the merged ranges.\n\nExample: deploy calibrate count --config c.yaml --shard 0/4 --range range.json --output count-0.json") { shard, range, target };
        command.SetAction((parse, cancel) => Task.Run(() => host.RunInWorkDirectory(parse, context =>
        {
            JsonFile.Write(parse.GetValue(target)!, CalibrationShards.Observe(context, ShardNumber.Parse(parse.GetValue(shard)!), parse.GetValue(range)!));
            return ExitCodes.Ok;
        }, cancel)));
        return command;
    }

    private static Command Merge(CommandHost host)
    {
        var files = new Argument<string[]>("shards") { Description = "The files of all shards.", Arity = ArgumentArity.OneOrMore };
        var target = new Option<string?>("--output", "-o") { Description = "Write the merged shards here; without it the calibrate stage is completed with them." };
        var command = new Command("merge", "Merges all shards: ranges to a file for counting, counts into the work directory, where 'deploy run' goes on.\n\nExample: deploy calibrate merge --config c.yaml count-*.json") { files, target };
        command.SetAction((parse, cancel) => Task.Run(() => host.RunInWorkDirectory(parse, context =>
        {
            PipelineRunner.Run(context, null, Stage.Equalize, false);
            var merged = CalibrationShards.Merge(context, parse.GetValue(files)!, null);
            if (parse.GetValue(target) is { } file)
            {
                JsonFile.Write(file, merged);
            }
            else
            {
                CalibrationShards.Complete(context, merged);
            }

            return ExitCodes.Ok;
        }, cancel)));
        return command;
    }

    private static Option<string> ShardOption() => new("--shard") { Description = "i/n: batch k of the frames belongs to shard k mod n, from 0.", Required = true };

    private static Option<string> TargetOption() => new("--output", "-o") { Description = "Shard file to write.", Required = true };
}
