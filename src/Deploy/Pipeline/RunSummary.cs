namespace Deploy.Pipeline;

/// <summary>What a run has left so far (<c>deploy run --json</c>).</summary>
/// <param name="WorkDir">Full path.</param>
/// <param name="Stages">Seconds by finished stage.</param>
/// <param name="Pass">The gate's verdict, or null before it.</param>
public sealed record RunSummary(string WorkDir, IReadOnlyDictionary<string, double> Stages, bool? Pass)
{
    /// <summary>The version of the JSON form.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Reads the stage records.</summary>
    public static RunSummary Of(PipelineContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var stages = Enum.GetValues<Stage>()
            .Select(PipelineRunner.StageName)
            .Where(name => File.Exists(context.Work[$"stages/{name}.json"]))
            .ToDictionary(name => name, name => JsonFile.Read<StageRecord>(context.Work[$"stages/{name}.json"]).Seconds);
        return new RunSummary(context.Work.Root, stages, context.Gate?.Pass);
    }
}
