using Deploy.Configuration;
using Deploy.Pipeline;
using Quant.Core.Diagnostics;

namespace Deploy.Commands;

/// <summary>Gathers what a verb read and left while it runs; becomes a <see cref="WorkerResult"/>.</summary>
internal sealed class WorkerFacts
{
    // T4 keeps its tables three folders down: scene, version, annotation.
    private static readonly EnumerationOptions TableSearch = new() { RecurseSubdirectories = true, MaxRecursionDepth = 3 };

    private readonly List<string> inputs = [];
    private readonly List<string> outputs = [];
    private string? workDirectory;

    /// <summary>A config was read.</summary>
    public void Add(LoadedConfig loaded)
    {
        inputs.AddRange(loaded.Files);
        inputs.Add(loaded.Config.CheckpointPath);
        inputs.AddRange(Tables(loaded.Config.Dataset.Calibration));
        inputs.AddRange(Tables(loaded.Config.Dataset.Validation));
        workDirectory = Path.GetFullPath(loaded.Config.WorkDir);
    }

    /// <summary>A verb has finished in a work directory.</summary>
    public void Add(PipelineContext context)
    {
        inputs.AddRange(context.OpenedFrames);
        foreach (var record in Enum.GetValues<Stage>().Select(stage => context.Work[$"stages/{PipelineRunner.StageName(stage)}.json"]).Where(File.Exists))
        {
            outputs.Add(record);
            outputs.AddRange(JsonFile.Read<StageRecord>(record).Outputs.Keys.Select(name => context.Work[name]));
        }
    }

    /// <summary>The result file's content.</summary>
    public WorkerResult Result(int exitCode, IEnumerable<Diagnostic> diagnostics) => new(
        exitCode,
        $"deploy {ToolVersion.Display}",
        workDirectory,
        [.. inputs.Select(Path.GetFullPath).Distinct()],
        [.. outputs.Select(Path.GetFullPath).Distinct()],
        [.. diagnostics.Select(WorkerDiagnostic.Of)]);

    private static IEnumerable<string> Tables(DatasetSplitConfig? split)
    {
        if (split?.AnnFile is { } info)
        {
            yield return Path.Combine(split.Root ?? "", info);
        }
        else if (split?.Root is { } root && Directory.Exists(root))
        {
            foreach (var table in Directory.EnumerateFiles(root, "*.json", TableSearch).Order(StringComparer.Ordinal))
            {
                yield return table;
            }
        }
    }
}
