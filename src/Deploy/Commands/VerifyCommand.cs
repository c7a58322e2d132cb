using System.CommandLine;
using Deploy.Pipeline;
using Quant.Core.Diagnostics;

namespace Deploy.Commands;

/// <summary><c>deploy verify manifest.json</c>: are the files still those of the run?</summary>
internal static class VerifyCommand
{
    public static Command Create(CommandHost host)
    {
        var file = new Argument<string>("manifest") { Description = "manifest.json of a work directory; the outputs lie beside it." };
        var checkpoint = new Option<string?>("--checkpoint") { Description = "The checkpoint, to check it too." };
        var inputs = new Option<string[]>("--inputs") { Description = "Folder with configs or calibration frames, to check them by name; repeatable.", DefaultValueFactory = _ => [] };
        var command = new Command("verify", "Hashes the files of a run again and says what changed.\n\nExample: deploy verify work_dirs/my/manifest.json --checkpoint epoch_50.pth") { file, checkpoint, inputs };
        command.SetAction(parse => host.Run(parse, log =>
        {
            var manifest = parse.GetValue(file)!;
            foreach (var folder in parse.GetValue(inputs)!.Where(folder => !Directory.Exists(folder)))
            {
                throw new QuantException(DiagnosticCodes.CommandMisuse, "--inputs names no folder", new SourceLocation(folder));
            }

            var check = ManifestCheck.Run(manifest, parse.GetValue(checkpoint), parse.GetValue(inputs)!);
            if (parse.GetValue(host.Options.Json))
            {
                host.Output.Write(JsonFile.Text(check));
            }

            foreach (var name in check.Changed)
            {
                log.Report(Diagnostic.Error(DiagnosticCodes.ManifestDiffers, $"'{name}' has other bytes than in the manifest", new SourceLocation(manifest)));
            }

            foreach (var name in check.Missing)
            {
                log.Report(Diagnostic.Error(DiagnosticCodes.ManifestFileMissing, $"'{name}' is not there", new SourceLocation(manifest)));
            }

            log.Info($"{check.Equal.Count} files are those of the manifest, {check.Changed.Count} changed, {check.Missing.Count} missing, {check.NotChecked.Count} inputs not looked at (--checkpoint, --inputs)");
            return check.Changed.Count + check.Missing.Count == 0 ? ExitCodes.Ok : ExitCodes.BadInput;
        }));
        return command;
    }
}
