using System.Globalization;
using Deploy.Pipeline.Stages;
using Quant.Core.Diagnostics;

namespace Deploy.Pipeline;

/// <summary>Runs stages in order; a stage whose inputs, settings and outputs are unchanged is skipped and says so.</summary>
public static class PipelineRunner
{
    private static readonly StageStep[] Steps =
    [
        LoadStage.Step, FuseStage.Step, InsertStage.Step, EqualizeStage.Step, CalibrateStage.Step, CorrectStage.Step, TrainStage.Step,
        ExportStage.Step, CompareStage.Step, EngineStage.Step, EvaluateStage.Step, GateStage.Step, ReportStage.Step,
    ];

    /// <summary>Runs the stages from <paramref name="from"/> to <paramref name="to"/>.</summary>
    /// <param name="context">Config, work directory, log.</param>
    /// <param name="from">Stages before must be fresh; this one runs again.</param>
    /// <param name="to">The last stage.</param>
    /// <param name="force">Runs every stage of the span again.</param>
    /// <exception cref="QuantException">A stage failed, or an earlier stage that it needs is not fresh (QNT0151).</exception>
    public static void Run(PipelineContext context, Stage? from, Stage to, bool force)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (to >= Stage.Engine && (from ?? Stage.Load) <= Stage.Engine)
        {
            // A demanded trtexec that is not there is told before minutes of calibration, not after.
            _ = context.Backend;
        }

        var fingerprints = new Dictionary<Stage, string>();
        foreach (var step in Steps.Where(step => step.Stage <= to))
        {
            context.Cancel.ThrowIfCancellationRequested();
            var name = StageName(step.Stage);
            if (step.SkipReason(context) is { } reason)
            {
                fingerprints[step.Stage] = reason;
                if (from is null || step.Stage >= from)
                {
                    context.Log.Info($"{name}: skipped, {reason}");
                }

                continue;
            }

            var recordFile = context.Work[$"stages/{name}.json"];
            var fingerprint = FingerprintOf(context, step, fingerprints);
            fingerprints[step.Stage] = fingerprint;
            var fresh = IsFresh(context, recordFile, fingerprint);
            if (from is { } first && step.Stage < first)
            {
                if (fresh is null && IsNeeded(step.Stage, first, to))
                {
                    throw new QuantException(DiagnosticCodes.CommandMisuse, $"stage {name} is not up to date, so the run cannot start at {StageName(first)}; run 'deploy run --to {name}' first, or leave out --from and --only");
                }

                continue;
            }

            if (fresh is not null && !force && !step.RunsAlways && step.Stage != from)
            {
                context.Log.Info($"{name}: up to date");
                foreach (var warning in fresh.Warnings)
                {
                    context.Log.Detail(warning);
                }

                continue;
            }

            RunStep(context, step, name, recordFile, fingerprint);
        }
    }

    /// <summary>The stage's name on the command line and in stages/.</summary>
    public static string StageName(Stage stage) => stage.ToString().ToLowerInvariant();

    private static void RunStep(PipelineContext context, StageStep step, string name, string recordFile, string fingerprint)
    {
        context.Log.Info($"{name} …");
        var start = context.Clock.GetTimestamp();
        var firstDiagnostic = context.Log.Diagnostics.Count;
        Directory.CreateDirectory(Path.GetDirectoryName(recordFile)!);
        File.Delete(recordFile);
        var outputs = step.Run(context).SelectMany(path => Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories) : [path]).ToList();
        context.ThrowIfCheckpointChanged();
        var seconds = context.Clock.GetElapsedTime(start).TotalSeconds;
        var digests = outputs.Order(StringComparer.Ordinal).ToDictionary(context.Work.Relative, Fingerprint.OfFile);
        var warnings = context.Log.Diagnostics.Skip(firstDiagnostic).Select(diagnostic => diagnostic.ToString()).ToList();
        JsonFile.Write(recordFile, new StageRecord(fingerprint, digests, Math.Round(seconds, 3), warnings));
        context.Log.Info($"{name}: done in {seconds.ToString("F1", CultureInfo.InvariantCulture)} s");
    }

    private static string FingerprintOf(PipelineContext context, StageStep step, Dictionary<Stage, string> fingerprints)
    {
        var before = string.Join(' ', step.After.Select(stage => $"{stage}={fingerprints[stage]}"));
        return Fingerprint.OfText($"{step.Stage} {ToolVersion.Current} {before} {Fingerprint.OfRecord(step.Settings(context))}");
    }

    private static StageRecord? IsFresh(PipelineContext context, string recordFile, string fingerprint)
    {
        if (!File.Exists(recordFile))
        {
            return null;
        }

        try
        {
            var record = JsonFile.Read<StageRecord>(recordFile);
            var same = record.Fingerprint == fingerprint
                && record.Outputs.All(output => File.Exists(context.Work[output.Key]) && Fingerprint.OfFile(context.Work[output.Key]) == output.Value);
            return same ? record : null;
        }
        catch (QuantException)
        {
            // A damaged record means the stage runs again.
            return null;
        }
    }

    private static bool IsNeeded(Stage stage, Stage from, Stage to)
    {
        var needed = Steps.Where(step => step.Stage >= from && step.Stage <= to).SelectMany(step => step.After).ToHashSet();
        foreach (var step in Steps.Reverse().Where(step => needed.Contains(step.Stage)))
        {
            needed.UnionWith(step.After);
        }

        return needed.Contains(stage);
    }
}
