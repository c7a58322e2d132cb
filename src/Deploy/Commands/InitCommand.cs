using System.CommandLine;
using Deploy.Configuration;
using Deploy.Onboarding;
using Deploy.Pipeline;
using Quant.Core.Checkpoints;
using Quant.Core.Diagnostics;
using Quant.Core.Models;
using Quant.Core.Native;

namespace Deploy.Commands;

/// <summary><c>deploy init</c>: a config for a checkpoint.</summary>
internal static class InitCommand
{
    public static Command Create(CommandHost host)
    {
        var checkpoint = new Option<string>("--checkpoint") { Description = "A float checkpoint (.pth) of a pillar CenterPoint.", Required = true };
        var target = new Option<string>("--output", "-o") { Description = "The config (.yaml) to write.", Required = true };
        var data = new Option<string?>("--data") { Description = "Folder of a T4 or nuScenes data set, or of .bin frames." };
        var force = new Option<bool>("--force") { Description = "Replace an existing config." };
        var command = new Command("init", "Writes a config for a checkpoint: dimensions from its weights, the rest from the training config it carries, your answers or marked defaults.\n\nExample: deploy init --checkpoint epoch_50.pth --output my.yaml --data /data/t4") { checkpoint, target, data, force };
        command.SetAction(parse => host.Run(parse, log =>
        {
            var (source, file) = (parse.GetValue(checkpoint)!, Path.GetFullPath(parse.GetValue(target)!));
            if (File.Exists(file) && !parse.GetValue(force))
            {
                throw new QuantException(DiagnosticCodes.CommandMisuse, "the file exists; name another one, or replace it with --force", new SourceLocation(file));
            }

            using var opened = CheckpointReader.Read(source);
            var draft = ConfigDraft.Create(opened, source, file, parse.GetValue(data), (what, otherwise) => host.Ask(parse, what, otherwise));
            foreach (var warning in draft.Warnings)
            {
                log.Report(Diagnostic.Warning(DiagnosticCodes.TrainingConfigDiffers, warning, new SourceLocation(source)));
            }

            Try(host, opened, draft.Text, file);
            AtomicFile.Write(file, draft.Text);
            log.Info($"{file}: written, it loads and its model takes every tensor of the checkpoint");
            if (draft.Assumed.Count > 0)
            {
                log.Info($"  not known from the checkpoint, marked CHECK in the file: {string.Join(", ", draft.Assumed)}");
            }

            log.Info($"  next: deploy config check --config {file}, then deploy run --config {file}");
            return ExitCodes.Ok;
        }));
        return command;
    }

    /// <summary>Loads the draft and the checkpoint with it before anything is left behind.</summary>
    private static void Try(CommandHost host, Checkpoint opened, string text, string file)
    {
        var draft = Path.Combine(Path.GetDirectoryName(file)!, $".{Path.GetFileName(file)}.{Environment.ProcessId}.tmp.yaml");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        try
        {
            File.WriteAllText(draft, text);
            var loaded = ConfigLoader.Load(draft, []);
            LibTorch.Load(host.Surroundings.LibTorch);
            using var model = CenterPoint.Load(opened.StateDict, loaded.Config.Model, draft);
        }
        catch (QuantException problem)
        {
            throw new QuantException([
                .. problem.Diagnostics,
                Diagnostic.Error(DiagnosticCodes.InitFailed, "no config was written, because the one inferred does not load; what the checkpoint's training config says may be wrong, or the model is of a kind that init does not know"),
            ]);
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
